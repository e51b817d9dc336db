import Model
import NIOCore
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("live views") struct ViewTests {
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

  static func updates(_ frames: [WireServerFrame], _ number: UInt32) -> [WireViewUpdate] {
    frames.compactMap { if case .view(let view) = $0.content, view.subscription == number { view } else { nil } }
  }

  /// What a screen shows after all updates so far: the rows of the last snapshot with the later deltas.
  static func screen(_ frames: [WireServerFrame], _ number: UInt32) -> (total: UInt64, jobs: [WireJobRow]) {
    var rows: [WireJobRow] = []
    var total: UInt64 = 0
    for update in updates(frames, number) {
      total = update.total
      if update.snapshot {
        rows = update.jobs
      } else {
        for row in update.jobs { if let index = rows.firstIndex(where: { $0.id == row.id }) { rows[index] = row } }
      }
    }
    return (total, rows)
  }

  @Test("a list of jobs: a snapshot, then what changes, then what is gone")
  func jobs() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let console = try await house.guest(.console)
    let first = try await guest.submit(document("first"), isPaused: true)
    var view = WireJobsView()
    view.user = "ann"
    subscribe(console, 1, .jobs(view))
    _ = try await console.frames.first("one row") { Self.screen($0, 1).jobs.map(\.name) == ["first"] ? true : nil }
    let second = try await guest.submit(document("second"))
    _ = try await console.frames.first("two rows") { Self.screen($0, 1).jobs.map(\.id) == [first, second] ? true : nil }
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let start = try #require(try await render.starts(1).first)
    _ = try await console.frames.first("running") { Self.screen($0, 1).jobs.last?.counts.running == 1 ? true : nil }
    render.finish(start)
    _ = try await console.frames.first("done") { Self.screen($0, 1).jobs.last?.counts.done == 1 ? true : nil }
    let deltas = Self.updates(console.frames.all, 1).filter { !$0.snapshot }
    #expect(deltas.allSatisfy { $0.jobs.map(\.id) == [second] }, "only what changed")
    try await guest.operate(.delete, first)
    _ = try await console.frames.first("the row goes") { Self.screen($0, 1).jobs.map(\.id) == [second] ? true : nil }
    for one in [guest, console, render] { await one.connection.close() }
    await house.close()
  }

  @Test("windows, orders and filters")
  func orders() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    for name in ["m", "c", "x", "a", "q"] { try await guest.submit(document(name), isPaused: true) }
    var byName = WireJobsView()
    byName.order = .name
    subscribe(guest, 1, first: 1, count: 3, .jobs(byName))
    _ = try await guest.frames.first("by name") { Self.screen($0, 1).jobs.map(\.name) == ["c", "m", "q"] ? true : nil }
    var newest = WireJobsView()
    newest.descending = true
    newest.mask = "[mcx]"
    subscribe(guest, 2, count: 2, .jobs(newest))
    _ = try await guest.frames.first("newest") {
      Self.screen($0, 2).jobs.map(\.name) == ["x", "c"] && Self.screen($0, 2).total == 3 ? true : nil
    }
    // The same number again: another window.
    subscribe(guest, 2, first: 2, count: 2, .jobs(newest))
    _ = try await guest.frames.first("the last") { Self.screen($0, 2).jobs.map(\.name) == ["m"] ? true : nil }
    try await guest.submit(document("b"), isPaused: true)
    _ = try await guest.frames.first("moved") { Self.screen($0, 1).jobs.map(\.name) == ["b", "c", "m"] ? true : nil }
    var bad = WireJobsView()
    bad.mask = "("
    subscribe(guest, 3, .jobs(bad))
    _ = try await guest.frames.first("a failure") { Self.updates($0, 3).first?.failure.message.contains("regular expression") }
    await guest.connection.close()
    await house.close()
  }

  @Test("conditions on any field, inverted or not, and what is not understood")
  func terms() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    for (name, frames) in [("m", 5), ("c", 50), ("x", 500)] {
      try await guest.submit(document(name, frames: frames), isPaused: true)
    }
    func term(_ field: String, _ comparison: WireFilterTerm.Comparison, _ values: String..., inverted: Bool = false)
      -> WireFilterTerm
    {
      var term = WireFilterTerm()
      term.field = field
      term.comparison = comparison
      term.values = values
      term.inverted = inverted
      return term
    }
    func names(_ number: UInt32, _ terms: [WireFilterTerm]) async throws -> [String] {
      var view = WireJobsView()
      view.terms = terms
      view.order = .name
      subscribe(guest, number, .jobs(view))
      return try await guest.frames.first("list \(number)") { frames in
        Self.updates(frames, number).first { $0.snapshot }.map { $0.jobs.map(\.name).filter { $0.count == 1 } }
      }
    }
    #expect(try await names(1, [term("ready", .greater, "5")]) == ["c", "x"])
    #expect(try await names(2, [term("ready", .greater, "5"), term("name", .found, "^x", inverted: true)]) == ["c"])
    #expect(try await names(3, [term("name", .equal, "m", "x")]) == ["m", "x"])
    #expect(try await names(4, [term("state", .equal, "\(StateBits.offline.rawValue)", inverted: true)]) == [])
    #expect(try await names(5, [term("host", .found, ".")]) == [])
    var view = WireJobsView()
    view.order = .ready
    view.descending = true
    subscribe(guest, 6, .jobs(view))
    _ = try await guest.frames.first("by what is ready") {
      Self.updates($0, 6).first?.jobs.map(\.name).filter { "mcx".contains($0) } == ["x", "c", "m"] ? true : nil
    }
    for (number, (bad, message)) in [
      (term("colour", .equal, "red"), "no field “colour”"), (term("priority", .less, "high"), "“high” is no number"),
      (term("user", .less, "a"), "cannot be compared"), (term("name", .found, "("), "regular expression"),
      (term("name", .equal), "1 to 100 values"),
    ].enumerated() {
      var view = WireJobsView()
      view.terms = [bad]
      subscribe(guest, 10 + UInt32(number), .jobs(view))
      let failure = try await guest.frames.first("a failure") { Self.updates($0, 10 + UInt32(number)).first?.failure.message }
      #expect(failure.contains(message), "\(failure)")
    }
    await guest.connection.close()
    await house.close()
  }

  @Test("tasks, blocks, a grid and renders of a job that runs and is then deleted")
  func tasks() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    let job = try await guest.submit(document("work", frames: 50))
    var tasks = WireTasksView()
    tasks.job = job
    tasks.block = -1
    subscribe(guest, 1, first: 10, count: 5, .tasks(tasks))
    tasks.state = StateBits.running.rawValue
    subscribe(guest, 2, .tasks(tasks))
    var blocks = WireBlocksView()
    blocks.job = job
    subscribe(guest, 3, .blocks(blocks))
    var grid = WireGridView()
    grid.job = job
    grid.cells = 10
    grid.perCell = 5
    subscribe(guest, 4, .grid(grid))
    subscribe(guest, 5, .renders(WireRendersView()))
    _ = try await guest.frames.first("the grid") {
      Self.updates($0, 4).first?.grid.runs.first?.letters == "rrrrrrrrrr" ? true : nil
    }
    let shown = try await guest.frames.first("tasks 10 to 14") { Self.updates($0, 1).first }
    #expect(shown.total == 50)
    #expect(shown.first == 10)
    #expect(shown.tasks.map(\.key.task) == [10, 11, 12, 13, 14])

    _ = try await render.register("r1", maxTasks: 2)
    let starts = try await render.starts(2)
    #expect(Set(starts.map(\.task)) == [0, 1])
    _ = try await guest.frames.first("running ones") { Self.updates($0, 2).last?.tasks.map(\.key.task) == [0, 1] ? true : nil }
    _ = try await guest.frames.first("the block") { Self.updates($0, 3).last?.blocks.first?.counts.running == 2 ? true : nil }
    _ = try await guest.frames.first("a cell") { frames in
      Self.updates(frames, 4).dropFirst().contains {
        !$0.snapshot && $0.grid.runs.first?.letters == "R" && $0.grid.runs.first?.at == 0
      } ? true : nil
    }
    _ = try await guest.frames.first("the render") { frames in
      Self.updates(frames, 5).contains { $0.renders.first?.running.count == 2 } ? true : nil
    }
    #expect(Self.updates(guest.frames.all, 1).count == 1, "nothing of tasks outside of the window")

    try await guest.operate(.delete, job)
    for number in 1...4 as ClosedRange<UInt32> {
      let failure = try await guest.frames.first("the end of view \(number)") {
        Self.updates($0, number).last.flatMap { $0.hasFailure ? $0.failure : nil }
      }
      #expect(failure.code == UInt32(FailureCode.notFound.rawValue))
    }
    await render.connection.close()
    await guest.connection.close()
    await house.close()
  }

  @Test("scrolling gives the other part of the list at once, and the same part again when it is asked for again")
  func scrolling() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    for name in ["a", "b", "c", "d"] { try await guest.submit(document(name), isPaused: true) }
    for (first, expected) in [(0, ["a", "b"]), (2, ["c", "d"]), (2, ["c", "d"]), (3, ["d"]), (9, [])] as [(UInt64, [String])] {
      let before = Self.updates(guest.frames.all, 1).count
      subscribe(guest, 1, first: first, count: 2, .jobs(WireJobsView()))
      let update = try await guest.frames.first("rows from \(first) on") { frames in
        let all = Self.updates(frames, 1)
        return all.count > before ? all.last : nil
      }
      #expect(update.snapshot)
      #expect(update.first == first)
      #expect(update.total == 4)
      #expect(update.jobs.map(\.name) == expected)
    }
    await guest.connection.close()
    await house.close()
  }

  @Test("a console that does not read for a while misses steps, never the newest state")
  func slowConsole() async throws {
    var limits = SessionLimits.patient
    limits.clogged = 32 << 10
    limits.unclogged = 8 << 10
    let house = try await House.open(store: TrickStore(), limits: limits)
    let guest = try await house.guest()
    let filler = String(repeating: "x", count: 450)
    for number in 0..<150 { try await guest.submit(document("job\(number)", annotation: filler), isPaused: true) }
    let raw = try await RawConnection.open(to: house.server.address, isTLS: true)
    try await raw.hello(.console)
    try await raw.channel.setOption(.autoRead, value: false).get()
    var subscribe = WireClientFrame()
    subscribe.subscribe.subscription = 1
    subscribe.subscribe.window.count = 1000
    subscribe.subscribe.jobs.descending = true
    for _ in 0..<150 { try await raw.channel.writeAndFlush(try subscribe.framed()).get() }
    // Many changes that nobody reads.
    for round in 0..<60 { try await guest.operate(round.isMultiple(of: 2) ? .start : .pause, 151) }
    try await guest.operate(.delete, 2)
    let last = try await guest.submit(document("newest"), isPaused: true)
    #expect(!house.tape.contains("it does not read"))
    try await raw.channel.setOption(.autoRead, value: true).get()
    _ = try await raw.received.first("the newest state") { pieces -> Bool? in
      guard let frames = try? RawConnection.frames(pieces) else { return nil }
      let screen = Self.screen(frames, 1)
      let isNewest = screen.jobs.first?.id == last && screen.jobs.last?.id == 3 && screen.jobs.count == 150
      return isNewest && screen.jobs[1].state & StateBits.offline.rawValue != 0 ? true : nil
    }
    try? await raw.channel.close().get()
    await guest.connection.close()
    await house.close()
  }

  @Test("a list kept while rows come, change and go is the list sorted anew")
  func sortedRows() {
    var random = SystemRandomNumberGenerator()
    var rows = SortedRows<JobID>()
    var truth: [JobID: Int64] = [:]
    rows.fill([], key: { _ in nil })
    for round in 0..<200 {
      let touched = (0..<(round.isMultiple(of: 10) ? 300 : 5)).map { _ in JobID(UInt32.random(in: 0..<500, using: &random)) }
      for id in touched { truth[id] = Bool.random(using: &random) ? Int64.random(in: 0..<20, using: &random) : nil }
      rows.update(Set(touched)) { id in truth[id].map { SortedRows.Key(number: $0) } }
      let expected = truth.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
      #expect(rows.ids(0..<rows.count, isDescending: false) == expected)
      #expect(rows.ids(0..<min(3, rows.count), isDescending: true) == Array(expected.reversed().prefix(3)))
    }
  }
}
