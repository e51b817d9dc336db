import Foundation
import Model
import Scheduler
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("a farm in one process") struct FarmTests {
  @Test("a job is submitted, run, acknowledged and done, and is there after a restart")
  func story() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    let accepted = try await render.register("r1")
    #expect(accepted.heartbeatSeconds == 4)
    #expect(accepted.zombieSeconds == 16)
    let job = try await guest.submit(document("story", frames: 3))
    let starts = try await render.starts(3)
    #expect(Set(starts.map(\.task)) == [0, 1, 2])
    let definitions = Guest.events(render.frames.all).flatMap(\.blocks)
    #expect(definitions.count == 1)
    #expect(definitions.first?.command == "true @#@")
    #expect(definitions.first?.jobName == "story")
    for start in starts {
      render.finish(start)
      try await render.acknowledged(start.lease)
    }
    #expect(try await guest.tasks(job).allSatisfy { $0.phase == UInt32(TaskPhase.done.rawValue) })
    await guest.connection.close()
    await render.connection.close()
    #expect(await house.close())

    let again = try await House.open(scratch: house.scratch)
    let reader = try await again.guest()
    let rows = try await reader.jobs()
    #expect(rows.map(\.id) == [job])
    #expect(rows.first?.counts.done == 3)
    await reader.connection.close()
    await again.close()
  }

  @Test("a submit is answered only when it is kept; commands hear of it no earlier, consoles see it at once")
  func durableSubmit() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    let other = try await house.guest()
    let console = try await house.guest(.console)
    try await eventually("the system job is kept") { !store.changes.isEmpty }
    let before = store.begun
    let open = store.block()
    let answered = Inbox<UInt32>()
    let listed = Inbox<Int>()
    let submit = Task { answered.add(try await guest.submit(document("slow"))) }
    try await eventually("the append") { store.begun > before }
    let list = Task { listed.add(try await other.jobs().count) }
    #expect(try await console.jobs().count == 1)
    #expect(answered.all.isEmpty && listed.all.isEmpty)
    open()
    _ = try await answered.first("the answer") { $0.first }
    #expect(try await listed.first("the list") { $0.first } == 1)
    _ = try await submit.value
    _ = try await list.value
    #expect(store.changes.contains { if case .putJob(let job) = $0 { job.spec.name == "last" } else { false } })
    for one in [guest, other, console] { await one.connection.close() }
    await house.close()
  }

  @Test("a task that is done is acknowledged only when that is kept")
  func durableAcknowledgement() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    let console = try await house.guest(.console)
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(document("one"))
    let start = try #require(try await render.starts(1).first)
    let open = store.block()
    let before = store.begun
    render.finish(start)
    try await eventually("the append") { store.begun > before }
    #expect(try await console.tasks(job).first?.phase == UInt32(TaskPhase.done.rawValue))
    #expect(render.acknowledged.isEmpty)
    open()
    try await render.acknowledged(start.lease)
    for one in [guest, console, render] { await one.connection.close() }
    await house.close()
  }

  @Test("with a full disk submits are refused, running work goes on, every screen says so, and all is well afterwards")
  func fullDisk() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    let console = try await house.guest(.console)
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(document("running"))
    let start = try #require(try await render.starts(1).first)

    store.fail { _ in diskFull }
    await #expect { try await guest.submit(document("refused")) } throws: { "\($0)".contains("disk full") }
    _ = try await console.frames.first("the trouble") { frames in
      frames.lazy.compactMap {
        if case .status(let status) = $0.content, status.trouble.contains("disk full") { status } else { nil }
      }.first
    }
    // Up front now, and nothing of it is left.
    await #expect { try await guest.submit(document("refused too")) } throws: { "\($0)".contains("disk full") }
    await #expect { try await guest.operate(.pause, job) } throws: { "\($0)".contains("disk full") }
    #expect(try await guest.jobs().map(\.id) == [job])
    #expect(render.starts.count == 1)

    render.finish(start)
    try await eventually("another try") { store.begun > 5 }
    #expect(render.acknowledged.isEmpty)
    store.fail(nil)
    try await render.acknowledged(start.lease)
    _ = try await console.frames.first("good news") { frames in
      let all = frames.compactMap { frame in if case .status(let status) = frame.content { status.trouble.isEmpty } else { nil } }
      return all.last == true && all.contains(false) ? true : nil
    }
    let next = try await guest.submit(document("welcome again"))
    #expect(try await guest.jobs().map(\.id) == [job, next])
    let kept = Set(store.changes.compactMap { if case .putJob(let job) = $0 { job.spec.name } else { nil } })
    #expect(kept == ["afanasy", "running", "welcome again"])
    for one in [guest, console, render] { await one.connection.close() }
    await house.close()
  }

  @Test("a bad document is refused with the place of its fault, a long one too, and nothing is kept")
  func badDocuments() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    await #expect { try await guest.submit(#"{"job": {}}"#) } throws: { "\($0)".contains("name") }
    let padding = String(repeating: " ", count: 100_000)
    await #expect { try await guest.submit("{\(padding)\"job\": {\"name\": \"x\", \"blocks\": []}}") } throws: {
      "\($0)".hasPrefix("blocks")
    }
    #expect(try await guest.jobs().isEmpty)
    await guest.connection.close()
    await house.close()
  }

  @Test("a render whose name is online already is refused with the reason")
  func secondRender() async throws {
    let house = try await House.open()
    let one = try await house.guest(.render)
    _ = try await one.register("r1")
    let two = try await house.guest(.render)
    var register = WireRenderRegister()
    register.name = "r1"
    register.agent = "another"
    register.user = "bob"
    two.send(.register(register))
    let reason = try await two.closes.first("the refusal") { $0.first }
    #expect(reason.contains("already online"))
    await one.connection.close()
    await house.close()
  }

  @Test("an agent that comes back keeps its runs; what it brings is acknowledged")
  func comesBack() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(document("long"))
    let start = try #require(try await render.starts(1).first)
    await render.connection.close()
    let back = try await house.guest(.render)
    var report = WireRunReport()
    report.lease = start.lease
    report.key = start.key
    #expect(try await back.register("r1", runs: [report]).keep == [start.lease])
    back.output(start, "made it\n")
    back.finish(start)
    try await back.acknowledged(start.lease)
    #expect(try await guest.tasks(job).first?.starts == 1)
    let text = try String(contentsOfFile: house.scratch.file("state/output/0/\(job)/0.0.1.txt"), encoding: .utf8)
    #expect(text == "made it\n")
    await back.connection.close()
    await guest.connection.close()
    await house.close()
  }

  @Test("many jobs come in pages")
  func pages() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<300 { group.addTask { try await guest.submit(document("job\(number)"), isPaused: true) } }
      try await group.waitForAll()
    }
    #expect(try await guest.jobs().map(\.id) == Array(2...301))
    var list = WireListJobs()
    list.after = 290
    list.user = "ann"
    guard case .jobs(let page) = try await guest.connection.request(.listJobs(list)) else { throw Guest.WrongAnswer() }
    #expect(page.rows.map(\.id) == Array(291...301))
    list.user = "nobody"
    guard case .jobs(let none) = try await guest.connection.request(.listJobs(list)) else { throw Guest.WrongAnswer() }
    #expect(none.rows.isEmpty && !none.more)
    await guest.connection.close()
    await house.close()
  }

  @Test("a server that stops refuses submits and keeps what it took")
  func stopping() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    try await eventually("the system job is kept") { !store.changes.isEmpty }
    let before = store.begun
    let open = store.block()
    let submit = Task { try await guest.submit(document("last")) }
    try await eventually("the append") { store.begun > before }
    let stopping = Task { await house.close() }
    open()
    #expect(await stopping.value)
    _ = try? await submit.value
    #expect(store.changes.contains { if case .putJob = $0 { true } else { false } })
  }
}
