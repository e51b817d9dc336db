import Model
import Scheduler
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("the system job in one process") struct SystemJobTests {
  private static func job(_ name: String, post: String = "", pre: String = "") -> String {
    """
    {"job": {"name": "\(name)", "command_post": "\(post)", "command_pre": "\(pre)", "blocks": [
      {"name": "block", "service": "generic", "command": "true @#@", "working_directory": "/tmp/\(name)", "frame_first": 1,
       "frame_last": 1}]}}
    """
  }

  private func look(_ guest: Guest, _ block: String = "post_commands", limit: UInt32 = 0) async throws -> WireSystemJob {
    var request = WireGetSystemJob()
    request.block = block
    request.limit = limit
    guard case .systemJob(let answer) = try await guest.connection.request(.getSystemJob(request)) else {
      throw Guest.WrongAnswer()
    }
    return answer
  }

  private func journal(_ guest: Guest) async throws -> [String] {
    var request = WireListJournal()
    request.object = "job 1"
    guard case .journal(let answer) = try await guest.connection.request(.listJournal(request)) else { throw Guest.WrongAnswer() }
    return answer.rows.reversed().map(\.info)
  }

  @Test(
    "section 5: a deleted job's command comes to a render as its owner's, in the job's directory, and is forgotten when it is done")
  func postCommand() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(Self.job("film", post: "rm -rf $HOME/'a b'"), isPaused: true)
    try await guest.operate(.delete, job)
    let start = try #require(try await render.starts(1).first)
    #expect(start.job == JobID.system.value && start.hasSystem)
    #expect(start.system.kind == 1)
    #expect(start.system.command == "rm -rf $HOME/'a b'")
    #expect(start.system.workingDirectory == "/tmp/film")
    #expect((start.system.user, start.system.jobName, start.system.taskName) == ("ann", "film", "rm"))
    var seen = try await look(guest)
    #expect(seen.blocks.count == SystemBlock.allCases.count)
    #expect(seen.blocks[0].running == 1 && seen.blocks[0].renders == 1)
    #expect(seen.tasks.map(\.command) == ["rm -rf $HOME/'a b'"])
    #expect(seen.tasks.first?.render == "r1")
    render.finish(start)
    try await render.acknowledged(start.lease)
    seen = try await look(guest)
    #expect(seen.tasks.isEmpty)
    #expect(seen.blocks[0].running == 0 && seen.blocks[0].done == 1)
    #expect(try await guest.jobs().isEmpty)
    for one in [guest, render] { await one.connection.close() }
    await house.close()
    #expect(try SQLiteStore(path: house.scratch.file("state/reeve.sqlite")).load().systemCommands.isEmpty)
  }

  @Test("commands that wait are there after a restart, in their order, and run then")
  func restart() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    for number in 1...3 {
      let job = try await guest.submit(Self.job("film\(number)", post: "touch \(number)"), isPaused: true)
      try await guest.operate(.delete, job)
    }
    #expect(try await look(guest).tasks.map(\.command) == ["touch 1", "touch 2", "touch 3"])
    #expect(try await look(guest, limit: 2).tasks.count == 2)
    #expect(try await look(guest, "").tasks.isEmpty)
    await guest.connection.close()
    await house.close()

    let again = try await House.open(scratch: house.scratch)
    let reader = try await again.guest()
    let waiting = try await look(reader)
    #expect(waiting.tasks.map(\.command) == ["touch 1", "touch 2", "touch 3"])
    #expect(waiting.blocks[0].waiting == 3 && waiting.blocks[0].renders == 0)
    let render = try await again.guest(.render)
    _ = try await render.register("r1")
    let starts = try await render.starts(3)
    #expect(starts.map(\.system.command) == ["touch 1", "touch 2", "touch 3"])
    for start in starts {
      render.finish(start)
      try await render.acknowledged(start.lease)
    }
    #expect(try await look(reader).blocks[0].done == 3)
    for one in [reader, render] { await one.connection.close() }
    await again.close()
  }

  @Test("section 5: a command that fails is in the job's log with the end of what it printed")
  func failure() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(Self.job("film", post: "cleanup --all"), isPaused: true)
    try await guest.operate(.delete, job)
    let start = try #require(try await render.starts(1).first)
    render.output(start, "first\nno such \u{1B}[2Jdisk\n")
    render.finish(start, .exitStatus)
    try await render.acknowledged(start.lease)
    let lines = try await journal(guest)
    #expect(lines.contains { $0.contains("ann, film: cleanup --all") && $0.contains("first\nno such ␛[2Jdisk") })
    for one in [guest, render] { await one.connection.close() }
    await house.close()
  }

  @Test("restarting a block drops its commands and says how many; the job itself cannot be deleted")
  func drop() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    try await guest.raise()
    for number in 1...3 {
      let job = try await guest.submit(Self.job("film\(number)", post: "touch \(number)"), isPaused: true)
      try await guest.operate(.delete, job)
    }
    func operate(_ kind: Operation.Kind, _ block: BlockSelection?) async throws -> WireOutcome? {
      let operation = Operation(kind: kind, jobs: .ids([.system]), block: block)
      guard case .operated(let answer) = try await guest.connection.request(.operate(WireOperate(operation))) else { return nil }
      return answer.outcomes.first
    }
    let refused = try #require(try await operate(.delete, nil))
    #expect(!refused.done && refused.message.contains("cannot be deleted"))
    let dropped = try #require(try await operate(.restart, .name("post_commands")))
    #expect(dropped.done && dropped.message == "dropped 3 commands" && dropped.changedTasks == 3)
    #expect(try await look(guest).tasks.isEmpty)
    await guest.connection.close()
    await house.close()
  }

  @Test("a block that is not there is named with those that are")
  func unknown() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    await #expect { try await look(guest, "cleanup") } throws: { "\($0)".contains("post_commands, events, wake_on_lan") }
    #expect(try await look(guest, "1").tasks.isEmpty)
    await guest.connection.close()
    await house.close()
  }
}
