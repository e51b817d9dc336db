import Foundation
import Model
import TestSupport
import Testing
import Wire

@testable import Render

/// A start of a task of the system job.
private func systemStart(
  _ lease: UInt64, _ kind: SystemCommand.Kind, _ command: String, directory: String = ""
) -> WireRunStart {
  var start = testStart(lease)
  start.job = 1
  start.system.kind = UInt32(kind.rawValue)
  start.system.command = command
  start.system.workingDirectory = directory
  start.system.user = "ann"
  start.system.jobName = "film"
  start.system.taskName = "task"
  return start
}

private func systemBlock(service: String = "postcmd") -> WireBlockDefinition {
  var block = testBlock("what nobody runs", numeric: false)
  block.job = 1
  block.service = service
  return block
}

@Suite("Tasks of the system job (section 5)")
struct SystemTaskTests {
  private func process(
    _ start: WireRunStart, service: Service = .generic, block: WireBlockDefinition = systemBlock(),
    _ change: (inout TaskPlan) -> Void = { _ in }
  ) throws -> TaskStart {
    var plan = TaskPlan(environment: [:])
    plan.program = "/usr/bin/reeve-render"
    change(&plan)
    return try plan.process(start, of: block, service: service, note: plan.note(start, of: block))
  }

  @Test("a post-command is run by the shell in its own directory, with paths mapped", arguments: [SystemCommand.Kind.post, .pre])
  func command(_ kind: SystemCommand.Kind) throws {
    let process = try process(systemStart(1, kind, "rm -f '/projects/a b'; true", directory: "/projects/shot")) {
      $0.paths = PathMap([("/mnt/proj", "/projects")])
    }
    #expect(process.arguments == ["/bin/sh", "-c", "rm -f '/mnt/proj/a b'; true"])
    #expect(process.directory == "/mnt/proj/shot")
    #expect(!process.hasInput)
    #expect(try process2(kind).directory == "")
  }

  private func process2(_ kind: SystemCommand.Kind) throws -> TaskStart { try process(systemStart(1, kind, "true")) }

  @Test("an event is nobody's argument: its service reads it")
  func event() throws {
    let json = #"{"events":["JOB_DONE"],"job":{"name":"$(id)"}}"#
    let start = systemStart(1, .event, json)
    let process = try process(start, block: systemBlock(service: "events_local")) {
      $0.programOptions = ["--config", "/etc/a b.json"]
    }
    #expect(process.arguments == ["/usr/bin/reeve-render", "run-event", "--service", "events_local", "--config", "/etc/a b.json"])
    #expect(process.hasInput)
    #expect(TaskPlan(environment: [:]).input(start) == Array(json.utf8))
    #expect(!(process.arguments + process.environment).joined().contains("JOB_DONE"))
    var service = Service.generic
    service.command = "nice @COMMAND@"
    #expect(
      try self.process(start, service: service, block: systemBlock(service: "events")).arguments.last
        == "nice /usr/bin/reeve-render run-event --service events")
  }

  @Test(
    "wolwake means this program's own, where it is the first word and bare",
    arguments: [
      ("wolwake --wake 020000000001", "/usr/bin/reeve-render wolwake --wake 020000000001"),
      ("wolwake", "/usr/bin/reeve-render wolwake"),
      ("wolwakes x", "wolwakes x"), ("/opt/wolwake x", "/opt/wolwake x"), ("sudo wolwake x", "sudo wolwake x"),
    ])
  func wake(_ given: String, _ expected: String) throws {
    let arguments = try process(systemStart(1, .wake, given), block: systemBlock(service: "wakeonlan")).arguments
    #expect(arguments.last == expected || arguments.joined(separator: " ") == expected)
  }

  @Test("a kind that this render does not know, and an empty command, are refused with the reason")
  func refused() throws {
    var start = systemStart(1, .post, "true")
    start.system.kind = 99
    let unknown = #expect(throws: StartFailure.self) { try process(start) }
    #expect(unknown?.description.contains("too old") == true)
    #expect(throws: StartFailure.self) { try process(systemStart(1, .post, " ")) }
  }

  @Test("every render has the services of the system job")
  func services() throws {
    for name in ["postcmd", "events", "wakeonlan"] { #expect(ServiceCatalog().services[name]?.name == name) }
  }

  // MARK: - The keeper

  @Test("a process gets its input from a file that is gone when it runs, and nobody else may read")
  func input() throws {
    let keeper = try TestKeeper()
    let path = keeper.folder.input(Lease(5))
    let text = String(repeating: "0123456789abcdef", count: 200_000)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    var start = TaskStart(
      lease: Lease(5), note: [], program: "/bin/sh", arguments: ["/bin/sh", "-c", "wc -c; ls -A \(keeper.folder.runs)"],
      environment: ["PATH=/usr/bin:/bin"], directory: keeper.scratch.path, nice: 10)
    start.hasInput = true
    keeper.send(.start(start))
    #expect(try keeper.ended(5).ending == .exited(status: 0))
    #expect(try keeper.text(5).split(separator: "\n").first == "3200000")
    #expect(!FileManager.default.fileExists(atPath: path))
    // Asked for again it is neither started nor left lying there.
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    keeper.send(.start(start))
    _ = try keeper.list()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("a process whose input is not there is not started")
  func noInput() throws {
    let keeper = try TestKeeper()
    var start = TaskStart(
      lease: Lease(5), note: [], program: "/bin/cat", arguments: ["/bin/cat"], environment: [], directory: "/", nice: 10)
    start.hasInput = true
    keeper.send(.start(start))
    guard case .failedToStart(let reason) = try keeper.ended(5).ending else {
      Issue.record("it was started")
      return
    }
    #expect(reason.contains("cannot read its standard input"))
  }

  @Test("a start from an agent that knows no input is understood, and one with it is what it was")
  func coding() throws {
    var start = TaskStart(
      lease: Lease(5), note: [1], program: "/bin/cat", arguments: ["/bin/cat"], environment: ["A=b"], directory: "/", nice: -3)
    for hasInput in [false, true] {
      start.hasInput = hasInput
      let frame = KeeperRequest.start(start).encoded()
      #expect(try KeeperRequest.decode(frame[4...]) == .start(start))
    }
    start.hasInput = false
    let frame = KeeperRequest.start(start).encoded()
    #expect(try KeeperRequest.decode(frame[4...].dropLast()) == .start(start))
  }
}
