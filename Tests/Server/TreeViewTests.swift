import Model
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("views of users, trees, the heat map and the system job") struct TreeViewTests {
  private func subscribe(
    _ guest: Guest, _ number: UInt32, first: UInt64 = 0, count: UInt32 = 100, _ topic: WireSubscribe.OneOf_Topic
  ) {
    var subscribe = WireSubscribe()
    subscribe.subscription = number
    subscribe.window.first = first
    subscribe.window.count = count
    subscribe.topic = topic
    guest.send(.subscribe(subscribe))
  }

  private static func updates(_ frames: [WireServerFrame], _ number: UInt32) -> [WireViewUpdate] {
    ViewTests.updates(frames, number)
  }

  /// `  render r1` for each row on screen, two blanks a level.
  private static func tree(_ frames: [WireServerFrame], _ number: UInt32) -> [String] {
    func id(_ row: WireTreeRow) -> String {
      let text =
        switch row.row {
        case .branch(let branch): branch.path
        case .job(let job): job.name
        case .pool(let pool): pool.path
        case .render(let render): render.name
        case nil: "?"
        }
      return String(repeating: "  ", count: Int(row.depth)) + text
    }
    return (updates(frames, number).last(where: \.snapshot)?.tree ?? []).map(id)
  }

  private func document(_ name: String, branch: String, frames: Int = 1) -> String {
    """
    {"job": {"name": "\(name)", "branch": "\(branch)", "blocks": [
      {"name": "block", "service": "generic", "command": "true @#@", "frame_first": 1, "frame_last": \(frames)}]}}
    """
  }

  @Test("users: a row comes with the first job, counts what runs, and goes with the last job")
  func users() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    subscribe(guest, 1, .users(WireUsersView()))
    _ = try await guest.frames.first("nobody") { Self.updates($0, 1).first }
    let job = try await guest.submit(plain("one", frames: 3))
    _ = try await guest.frames.first("ann") { frames in
      Self.updates(frames, 1).flatMap(\.users).contains { $0.name == "ann" && $0.jobs == 1 } ? true : nil
    }
    let render = try await house.guest(.render)
    _ = try await render.register("r1", maxTasks: 2)
    _ = try await guest.frames.first("two run") { frames in
      Self.updates(frames, 1).filter { !$0.snapshot }.flatMap(\.users).contains { $0.name == "ann" && $0.running == 2 } ? true : nil
    }
    var byJobs = WireUsersView()
    byJobs.order = .jobs
    byJobs.mask = "nobody"
    subscribe(guest, 2, .users(byJobs))
    _ = try await guest.frames.first("filtered") { Self.updates($0, 2).first { $0.total == 0 && $0.snapshot } }
    try await guest.operate(.delete, job)
    _ = try await guest.frames.first("no jobs") { frames in
      Self.updates(frames, 1).flatMap(\.users).last { $0.name == "ann" }?.jobs == 0 ? true : nil
    }
    for one in [guest, render] { await one.connection.close() }
    await house.close()
  }

  @Test("the tree of work: branches, jobs in them, closed ones, a filter, a window, what changes")
  func work() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    for (name, branch) in [("top", "/"), ("a1", "/film/a"), ("a2", "/film/a"), ("b1", "/film/b")] {
      try await guest.submit(document(name, branch: branch), isPaused: true)
    }
    var view = WireWorkView()
    subscribe(guest, 1, .work(view))
    let whole = ["/", "  /film", "    /film/a", "      a1", "      a2", "    /film/b", "      b1", "  top"]
    let all = try await guest.frames.first("all") { Self.tree($0, 1).count == 8 ? Self.tree($0, 1) : nil }
    #expect(all == whole)
    let film = try #require(Self.updates(guest.frames.all, 1).last?.tree[1])
    #expect(film.open && film.branch.jobs == 3)
    // Folding goes on with the same list.
    view.closed = ["/film/a"]
    subscribe(guest, 1, .work(view))
    _ = try await guest.frames.first("folded") {
      Self.tree($0, 1) == ["/", "  /film", "    /film/a", "    /film/b", "      b1", "  top"] ? true : nil
    }
    subscribe(guest, 1, first: 3, count: 2, .work(view))
    _ = try await guest.frames.first("a window") { Self.tree($0, 1) == ["    /film/b", "      b1"] ? true : nil }
    view.closed = []
    view.jobs.mask = "b1"
    subscribe(guest, 2, .work(view))
    _ = try await guest.frames.first("filtered") {
      Self.tree($0, 2) == ["/", "  /film", "    /film/b", "      b1"] ? true : nil
    }
    // What runs is told of the job and of the branches above it, and nothing else.
    let job = try await guest.submit(document("b2", branch: "/film/b"))
    _ = try await guest.frames.first("one more row") { Self.tree($0, 1) == ["    /film/b", "      b1"] ? true : nil }
    subscribe(guest, 3, .work(WireWorkView()))
    _ = try await guest.frames.first("nine rows") { Self.tree($0, 3).count == 9 ? true : nil }
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let delta = try await guest.frames.first("a delta") { frames in
      Self.updates(frames, 3).first { !$0.snapshot && $0.tree.contains { $0.job.counts.running == 1 } }
    }
    #expect(delta.tree.map { $0.job.id != 0 ? "b2" : $0.branch.path } == ["/", "/film", "/film/b", "b2"])
    #expect(delta.tree.allSatisfy { $0.job.id == job || $0.branch.running == 1 })
    try await guest.operate(.delete, job)
    _ = try await guest.frames.first("gone") { Self.tree($0, 3) == whole ? true : nil }
    var many = WireWorkView()
    many.closed = (0...Limits.closedNodes).map { "/\($0)" }
    subscribe(guest, 4, .work(many))
    _ = try await guest.frames.first("refused") { Self.updates($0, 4).first?.failure.message.contains("closed") }
    for one in [guest, render] { await one.connection.close() }
    await house.close()
  }

  @Test("the tree of the farm counts renders in the pools above them; the map has a letter for each")
  func farm() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    var heat = WireHeatView()
    heat.cells = 10
    heat.perCell = 1
    subscribe(guest, 1, .farm(WireFarmView()))
    subscribe(guest, 2, .heat(heat))
    let renders = [try await house.guest(.render), try await house.guest(.render)]
    for (number, render) in renders.enumerated() { _ = try await render.register("r\(number + 1)") }
    _ = try await guest.frames.first("rows") { Self.tree($0, 1) == ["/", "  r1", "  r2"] ? true : nil }
    _ = try await guest.frames.first("both count") { frames in
      Self.updates(frames, 1).flatMap(\.tree).contains { $0.pool.path == "/" && $0.pool.renders == 2 && $0.pool.online == 2 }
        ? true : nil
    }
    _ = try await guest.frames.first("idle") { frames in
      Self.updates(frames, 2).last { $0.snapshot }?.grid.runs.first?.letters == "ii" ? true : nil
    }
    heat.perCell = 2
    subscribe(guest, 3, .heat(heat))
    heat.load = true
    subscribe(guest, 4, .heat(heat))
    try await guest.submit(plain("one"))
    let busy = try await guest.frames.first("one is busy") { frames in
      Self.updates(frames, 2).first { !$0.snapshot && $0.grid.runs.first?.letters == "b" }
    }
    #expect(busy.grid.runs.count == 1)
    _ = try await guest.frames.first("busy stands for both") { frames in
      Self.updates(frames, 3).flatMap(\.grid.runs).contains { $0.letters == "b" } ? true : nil
    }
    // Views are told in no particular order.
    let load = try await guest.frames.first("the map by load") { Self.updates($0, 4).first }
    #expect(load.grid.runs.first?.letters == "0")
    _ = try await guest.frames.first("the pool runs one") { frames in
      Self.updates(frames, 1).filter { !$0.snapshot }.flatMap(\.tree).contains { $0.pool.path == "/" && $0.pool.busy == 1 }
        ? true : nil
    }
    await renders[1].connection.close()
    heat.cells = 1 << 20
    subscribe(guest, 5, .heat(heat))
    _ = try await guest.frames.first("refused") { Self.updates($0, 5).first?.failure.message.contains("cells") }
    for one in [guest, renders[0]] { await one.connection.close() }
    await house.close()
  }

  @Test("the system job: its blocks and the commands that wait")
  func system() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    subscribe(guest, 1, .system(WireSystemView()))
    let first = try await guest.frames.first("blocks") { Self.updates($0, 1).first }
    #expect(first.systemBlocks.count == 3 && first.total == 0)
    let job = try await guest.submit(
      """
      {"job": {"name": "posted", "command_post": "echo posted", "blocks": [
        {"name": "b", "service": "generic", "command": "true", "frame_first": 1, "frame_last": 1}]}}
      """, isPaused: true)
    try await guest.operate(.delete, job)
    let command = try await guest.frames.first("the command") { frames in
      Self.updates(frames, 1).flatMap(\.systemTasks).first { $0.command.contains("echo posted") }
    }
    #expect(command.jobName == "posted")
    var bad = WireSystemView()
    bad.block = 7
    subscribe(guest, 2, .system(bad))
    _ = try await guest.frames.first("refused") { Self.updates($0, 2).first?.failure.message.contains("block 7") }
    await guest.connection.close()
    await house.close()
  }
}

/// A job of one numeric block.
private func plain(_ name: String, frames: Int = 1) -> String { document(name, frames: frames) }
