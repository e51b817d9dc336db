@testable import Command
import Model
import Testing
import Text
import Wire

@Suite("What people see")
struct PresentationTests {
  private func shown(_ table: Table, width: Int?) -> String {
    let lines = table.lines(width: width)
    if let width { for line in lines { #expect(Width.of(line) <= width, "\(line)") } }
    return lines.joined(separator: "\n")
  }

  @Test("jobs in full")
  func jobsInFull() {
    #expect(
      shown(JobPresentation.table(Rows.jobs, now: Rows.now), width: nil) == """
          ID  NAME             USER  STATE      %          TASKS  RUN  ERR  PRI   TIME  BRANCH
           5  shot_010 beauty  ann   RDY RUN   50          12/24    2    0   99  1h02m  -
           6  日本のジョブ     佐藤  DON      100  100000/100000    0    0   99  5m07s  -
        1207  evil␛[2J·␊name   ann   ERR       33            1/3    0    2   99  1h02m  -
        1208  not begun        ann   RDY OFF    0            0/1    0    0   99      -  -
        """)
  }

  @Test("jobs on 80 columns")
  func jobsOn80() {
    #expect(
      shown(JobPresentation.table(Rows.jobs, now: Rows.now), width: 80) == """
          ID  NAME             USER  STATE      %          TASKS  RUN  ERR  PRI   TIME
           5  shot_010 beauty  ann   RDY RUN   50          12/24    2    0   99  1h02m
           6  日本のジョブ     佐藤  DON      100  100000/100000    0    0   99  5m07s
        1207  evil␛[2J·␊name   ann   ERR       33            1/3    0    2   99  1h02m
        1208  not begun        ann   RDY OFF    0            0/1    0    0   99      -
        """)
  }

  @Test("jobs on 40 columns")
  func jobsOn40() {
    #expect(
      shown(JobPresentation.table(Rows.jobs, now: Rows.now), width: 40) == """
          ID  NAME             STATE      %  ERR
           5  shot_010 beauty  RDY RUN   50    0
           6  日本のジョブ     DON      100    0
        1207  evil␛[2J·␊name   ERR       33    2
        1208  not begun        RDY OFF    0    0
        """)
  }

  @Test("an empty list is its header")
  func noJobs() {
    #expect(
      shown(JobPresentation.table([], now: Rows.now), width: 80) == "ID  NAME  USER  STATE  %  TASKS  RUN  ERR  PRI  TIME  BRANCH")
  }

  @Test("tasks on 80 columns")
  func tasks() {
    #expect(
      shown(TaskPresentation.table(Rows.tasks, now: Rows.now), width: 80) == """
        BLOCK  TASK  NAME     STATE      %  ERR  RENDER   TIME  REMARK
            0     0  frame 1  DON WRN  100    0  r1      1m00s
            0     1  frame 2  RUN       42    1  r2        30s  Rendering
            0     2  frame 3  ERR        -    4  r1        10s  povray: no such file "s…
            0     3  frame 4  RDY        -    0  -           -
        """)
  }

  @Test("renders on 80 columns")
  func renders() {
    #expect(
      shown(RenderPresentation.table(Rows.renders, now: Rows.now), width: 80) == """
        NAME            STATE    TASKS   CAPACITY  CPU  LOAD       MEMORY FREE  ADDRESS
        r1              ONL RUN    1/4  1000/1100  73%  6.12  12 GiB of 31 GiB  10.0.0.1
        workstation-o…  OFF NbY    0/4     0/1100    -     -                 -  -
        """)
  }

  @Test("one render in full")
  func render() {
    #expect(
      RenderPresentation.lines(Rows.renders[0], width: 80, now: Rows.now, time: { TimeText.rfc3339(microseconds: $0.microseconds) })
        .joined(separator: "\n") == """
          render      r1
          number      1
          state       ONL RUN
          user        ann
          priority    99
          tasks       1 of 4 at most
          capacity    1000 of 1100 used
          address     10.0.0.1
          system      linux
          version     0.1.0
          registered  2025-11-21T23:23:07Z
          seen        2025-11-22T01:53:05Z (2s ago)
          busy since  2025-11-22T01:52:37Z
          processors  8 at 3600 MHz, 73% busy
          load        6.12 5.40 1.00
          memory      12 GiB free of 31 GiB
          swap        0 B used of 0 B
          disk        0 B free of 0 B, reads 0 KiB/s, writes 0 KiB/s
          network     receives 0 KiB/s, sends 0 KiB/s

          JOB  BLOCK  TASK
            5      0     1
          """)
  }

  @Test("one job in full, with its blocks and what was asked for")
  func job() throws {
    let detail = JobDetail(row: Rows.jobs[0], blocks: [Rows.block], document: try JSONParser.parse(Self.document))
    let lines = detail.lines(
      width: 80, colours: false, now: Rows.now, time: { $0 == .never ? "-" : TimeText.rfc3339(microseconds: $0.microseconds) })
    #expect(
      lines.joined(separator: "\n") == """
        job        5
        name       shot_010 beauty
        user       ann
        state      RDY RUN
        priority   99
        tasks      12 of 24 done, 2 running, 10 ready
        created    2025-11-22T00:29:47Z
        started    2025-11-22T00:51:07Z
        done       -
        time       1h02m
        host_name  box

        BLOCK  NAME    SERVICE  STATE     %  TASKS  RUN  ERR  CAPACITY   TIME
            0  render  povray   RDY RUN  50  12/24    2    0      1000  1h02m

        block              0
        frames             1-48, 2 in one task
        command            povray +SF@#@ +EF@#@ scene.ini
        working_directory  /shots/010
        """)
  }

  static let document = """
    {"job": {"name": "shot_010 beauty", "user_name": "ann", "priority": 99, "host_name": "box", "blocks": [
      {"name": "render", "service": "povray", "frame_first": 1, "frame_last": 48, "frames_per_task": 2, "frames_inc": 1,
       "command": "povray +SF@#@ +EF@#@ scene.ini", "working_directory": "/shots/010"}]}}
    """

  @Test("the question before deleting names count and jobs, ten at most, harmlessly")
  func question() {
    #expect(
      Confirmation.question("Delete", jobs: [Rows.jobs[0], Rows.jobs[2]])
        == "Delete 2 jobs: 5 \"shot_010 beauty\", 1207 \"evil␛[2J·␊name\"? [y/N] ")
    #expect(Confirmation.question("Delete", jobs: [Rows.jobs[0]]).hasPrefix("Delete 1 job: "))
    let many = (1...25).map { Rows.job($0, "j\($0)", counts: Rows.counts(total: 1)) }
    #expect(Confirmation.question("Delete", jobs: many).hasSuffix("10 \"j10\" and 15 more? [y/N] "))
  }

  @Test("outcomes are one harmless line each")
  func outcomes() {
    let outcome = OperationOutcome(job: JobID(5), name: "a\u{1B}b", isDone: true, message: "restarted 12 tasks", changedTasks: 12)
    #expect(OutcomePresentation.line(outcome) == "job 5 \"a␛b\": restarted 12 tasks")
  }

  private static let explanation = Explanation(
    subject: "job 14 \"shot\u{1B}010\"", verdict: "waits for renders",
    rules: [
      .init(key: "time_wait", node: "job 14", text: "begins in 2 h"),
      .init(key: "nimby", node: "farm", text: "12 renders are nimby", renders: 12),
      .init(key: "tickets", node: "pool /farm", text: "20 of 20 NUKE are in use by jobs 14, 17", renders: 3),
    ])

  @Test("an explanation is a verdict, then the rules with the renders each excludes")
  func explained() {
    #expect(
      ExplanationPresentation.lines(Self.explanation, width: nil).joined(separator: "\n") == """
        job 14 "shot␛010": waits for renders

        RENDERS  RULE       OF          WHY
              -  time_wait  job 14      begins in 2 h
             12  nimby      farm        12 renders are nimby
              3  tickets    pool /farm  20 of 20 NUKE are in use by jobs 14, 17
        """)
    #expect(ExplanationPresentation.brief(Self.explanation) == "waits for renders: 12 renders are nimby")
    let held = Explanation(
      subject: "job 14", verdict: "held: begins in 2 h", rules: [.init(key: "time_wait", node: "job 14", text: "begins in 2 h")])
    #expect(ExplanationPresentation.brief(held) == "held: begins in 2 h", "what holds it is said once")
    let runs = Explanation(subject: "job 2", verdict: "runs on 3 renders")
    #expect(ExplanationPresentation.lines(runs, width: 80) == ["job 2: runs on 3 renders"])
    #expect(
      ExplanationPresentation.json(Self.explanation)["explanation"]?["rules"]?.array?.map { $0["renders"] } == [
        .null, .integer(12), .integer(3),
      ])
  }

  private func utc(_ instant: Instant) -> String { TimeText.rfc3339(microseconds: instant.microseconds) }

  @Test("an expected end has its spread, or the reason why nobody knows")
  func forecast() {
    var forecast = Forecast(
      job: JobID(5), likely: Rows.now + .seconds(3600), early: Rows.now + .seconds(1800), late: Rows.now + .seconds(7200))
    #expect(
      ForecastPresentation.text(forecast, now: Rows.now, time: utc)
        == "2025-11-22T02:53:07Z (in 1h00m), between 2025-11-22T02:23:07Z and 2025-11-22T03:53:07Z")
    let sure = Forecast(job: JobID(5), likely: Rows.now, early: Rows.now, late: Rows.now + .milliseconds(5))
    #expect(ForecastPresentation.text(sure, now: Rows.now, time: { "\($0.seconds)" }) == "\(Rows.now.seconds) (in 0s)")
    forecast.late = .never
    #expect(ForecastPresentation.text(forecast, now: Rows.now, time: utc).hasSuffix("2025-11-22T02:23:07Z at the earliest"))
    #expect(
      ForecastPresentation.text(
        Forecast(job: JobID(5), likely: .never, early: .never, late: .never, reason: "no task of it has run"), now: Rows.now)
        == "not known: no task of it has run")
  }

  @Test("what if lists jobs with their ends before and after, and how they move")
  func whatIf() {
    func row(_ job: UInt32, _ before: Int64?, _ after: Int64?) -> WireWhatIfRow {
      func forecast(_ seconds: Int64?) -> WireForecastRow {
        let moment = seconds.map { Rows.now + .seconds($0) } ?? .never
        return WireForecastRow(Forecast(job: JobID(job), likely: moment, early: moment, late: moment))
      }
      var row = WireWhatIfRow()
      row.job = job
      row.name = "j\(job)"
      row.user = "ann"
      row.before = forecast(before)
      row.after = forecast(after)
      return row
    }
    let rows = [row(1, 3600, 600), row(2, 600, 3600), row(3, nil, 60), row(4, 60, nil), row(5, 60, 60), row(6, nil, nil)]
    #expect(rows.map(ForecastPresentation.moves) == [true, true, true, true, false, false])
    #expect(
      shown(ForecastPresentation.table(rows, time: utc), width: nil) == """
        JOB  NAME  USER  BEFORE                AFTER                            CHANGE
          1  j1    ann   2025-11-22T02:53:07Z  2025-11-22T02:03:07Z     50m00s earlier
          2  j2    ann   2025-11-22T02:03:07Z  2025-11-22T02:53:07Z       50m00s later
          3  j3    ann   not known             2025-11-22T01:54:07Z       will be done
          4  j4    ann   2025-11-22T01:54:07Z  not known             not done any more
          5  j5    ann   2025-11-22T01:54:07Z  2025-11-22T01:54:07Z                  -
          6  j6    ann   not known             not known                             -
        """)
    #expect(ForecastPresentation.json(rows[0])["change_seconds"] == .integer(-3000))
    #expect(ForecastPresentation.json(rows[2])["change_seconds"] == .null)
  }

  @Test("pools and branches")
  func nodes() {
    var pool = WirePoolRow()
    pool.path = "/farm"
    pool.parameters = #"{"priority":150,"paused":true,"tickets_pool":{"NUKE":20,"MAYA":[5,0,0,2]}}"#
    pool.effectivePriority = 124
    pool.renders = 12
    pool.online = 10
    pool.busy = 7
    pool.running = 9
    pool.capacityUsed = 9000
    pool.ticketsUsed = ["NUKE": 3]
    #expect(
      shown(NodePresentation.table([pool]), width: nil) == """
        POOL   RENDERS  ONLINE  BUSY  TASKS  CAPACITY  PRI  STATE  TICKETS
        /farm       12      10     7      9      9000  124  PAU    NUKE 3/20, MAYA 0/5
        """)
    #expect(
      NodePresentation.lines(pool, time: utc).suffix(4) == [
        "", "priority      150", "paused        true", "tickets_pool  NUKE=20 MAYA=[5,0,0,2]",
      ])
    var branch = WireBranchRow()
    branch.path = "/film"
    branch.jobs = 4
    branch.parameters = #"{"priority":99,"solve_method":"solve_order","solve_jobs":true}"#
    #expect(
      shown(NodePresentation.table([branch]), width: nil) == """
        BRANCH  JOBS  TASKS  CAPACITY  PRI  SHARES         STATE
        /film      4      0         0   99  jobs in order  -
        """)
    #expect(NodePresentation.json(branch)["jobs_total"] == .integer(4) && NodePresentation.json(branch)["priority"] == .integer(99))
  }

  @Test("a journal's line says who, what, of which node; hostile words stay harmless")
  func journal() {
    let rows = [
      JournalEntry(
        number: 1, time: Rows.now, subject: "ann@desk", type: "jobs set", object: "job 5", info: "priority: 99 -> 150\u{1B}[2J")
    ]
    #expect(
      shown(JournalPresentation.table(rows, withObject: true, time: utc), width: nil) == """
        TIME                  WHO       WHAT      NODE   CHANGE
        2025-11-22T01:53:07Z  ann@desk  jobs set  job 5  priority: 99 -> 150␛[2J
        """)
  }
}
