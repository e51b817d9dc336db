@testable import Command
import Model
import Testing
import Text
import Wire

@Suite("What people see of the system job and of events")
struct SystemPresentationTests {
  private var blocks: [SystemBlockSummary] {
    var posts = SystemBlockSummary(block: .postCommands, service: "postcmd")
    posts.waiting = 4900
    posts.ready = 60
    posts.running = 40
    posts.done = 12
    posts.failed = 1
    posts.renders = 3
    var events = SystemBlockSummary(block: .events, service: "events")
    events.waiting = 1
    return [posts, events, SystemBlockSummary(block: .wakeOnLan, service: "wakeonlan")]
  }

  private let tasks = [
    SystemTaskSummary(
      command: SystemCommand(
        number: 7, kind: .post, text: "rm -rf /work/film\nand more", workingDirectory: "/work", user: "ann", jobName: "film",
        created: Instant(microseconds: Rows.now.microseconds - 65_000_000)),
      key: TaskKey(job: .system, block: BlockIndex(0), task: TaskIndex(3)), phase: .errorReady,
      starts: 2, errors: 2, render: "r1", reason: "exit status 1"),
    SystemTaskSummary(
      command: SystemCommand(
        number: 8, kind: .event, text: "{\"events\":[]}", user: "bob", jobName: "shot", taskName: "JOB_DONE", created: Rows.now)),
  ]

  @Test("the blocks, and a sentence for one that nobody serves")
  func table() {
    #expect(
      SystemPresentation.table(blocks).lines().joined(separator: "\n") == """
        BLOCK          SERVICE    WAITING  READY  RUNNING  RETRYING  DONE  FAILED  RENDERS
        post_commands  postcmd       4900     60       40         0    12       1        3
        events         events           1      0        0         0     0       0        0
        wake_on_lan    wakeonlan        0      0        0         0     0       0        0
        """)
    #expect(
      SystemPresentation.complaints(blocks) == [
        "events: 1 command waits, and no render is online that offers the service \"events\" (see 'reeve explain 1 events')"
      ])
  }

  @Test("commands on one line each; what waits has no task; an event's data is not shown")
  func commands() {
    #expect(
      SystemPresentation.table(tasks, now: Rows.now).lines().joined(separator: "\n") == """
        TASK  STATE      AGE  USER  JOB   COMMAND                     STARTS  ERR  RENDER  REMARK
           3  RDY RER  1m05s  ann   film  rm -rf /work/film␊and more       2    2  r1      exit status 1
           -  waits       0s  bob   shot  JOB_DONE                         0    0  -
        """)
  }

  @Test("as JSON")
  func json() {
    let json = SystemPresentation.json(blocks, tasks)
    #expect(json["sysjob"]?["blocks"]?.array?.first?["waiting"] == .integer(4900))
    let commands = json["sysjob"]?["commands"]?.array ?? []
    #expect(commands.map { $0["task_num"] } == [.integer(3), .null])
    #expect(commands.first?["command"] == .string("rm -rf /work/film\nand more"))
    #expect(commands.last?["kind"] == .string("event"))
    #expect(SystemPresentation.json(blocks, nil)["sysjob"]?["commands"] == nil)
  }

  @Test("a line of the job's log, with the output of a command that failed below it")
  func log() {
    let entry = JournalEntry(
      number: 1, time: Rows.now, subject: "reeve", type: "tasks error", object: "job 1",
      info: "task 1[0][3]: exit status 1: ann, film: rm \u{1B}[2J\noutput:\nno such disk")
    #expect(
      SystemPresentation.journal([entry], time: { _ in "12:00" }) == [
        "12:00  tasks error: task 1[0][3]: exit status 1: ann, film: rm ␛[2J", "    output:", "    no such disk",
      ])
  }

  @Test("events, those of a newer server too")
  func events() {
    var row = WireEventRow()
    row.number = 5
    row.time = Rows.now.microseconds
    row.name = "JOB_DONE"
    row.object = "job 14"
    row.user = "ann"
    row.info = "film\n"
    row.sent = true
    var later = row
    later.name = "FARM_SOLD"
    later.sent = false
    #expect(
      EventPresentation.table([row, later], time: { _ in "12:00" }).lines().joined(separator: "\n") == """
        TIME   EVENT      NODE    USER  SENT  WHAT
        12:00  JOB_DONE   job 14  ann   yes   film␊
        12:00  FARM_SOLD  job 14  ann   -     film␊
        """)
    let text = JSONValue.object(EventPresentation.json(row)).text()
    #expect(
      text
        == #"{"number":5,"time":"2025-11-22T01:53:07Z","name":"JOB_DONE","object":"job 14","user":"ann","info":"film\n","sent":true}"#
    )
  }

  private func order(_ arguments: String...) throws -> SysJobCommand.Order {
    try #require(try ReeveCommand.parse(["sysjob"] + arguments) as? SysJobCommand).order()
  }

  @Test("sysjob takes nothing, log, or restart with a block and maybe a task")
  func arguments() throws {
    #expect(try order() == .show(block: nil))
    #expect(try order("--block", "events") == .show(block: .events))
    #expect(try order("--block", "2") == .show(block: .wakeOnLan))
    #expect(try order("log", "--limit", "5") == .log)
    #expect(try order("restart", "post_commands", "--yes") == .restart(.postCommands, task: nil))
    #expect(try order("restart", "0", "17") == .restart(.postCommands, task: 17))
    for wrong in [["restart"], ["restart", "events", "x"], ["log", "events"], ["delete"], ["--limit", "0"]] {
      #expect(throws: Failure.self) { try #require(try ReeveCommand.parse(["sysjob"] + wrong) as? SysJobCommand).order() }
    }
    #expect { try order("--block", "cleanup") } throws: { "\($0)".contains("post_commands, events, wake_on_lan") }
  }

  @Test("events are of a job, of a render, or of all")
  func eventArguments() throws {
    func object(_ arguments: String...) throws -> String {
      try #require(try ReeveCommand.parse(["events"] + arguments) as? EventsCommand).object()
    }
    #expect(try object("--limit", "0", "-f") == "")
    #expect(try object("--job", "14") == "job 14")
    #expect(try object("--render", "r01") == "render r01")
    #expect(throws: Failure.self) { try object("--job", "14", "--render", "r01") }
    #expect(throws: Failure.self) { try object("--limit", "10001") }
  }
}
