@testable import Command
import Model
import Testing
import Text

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
}
