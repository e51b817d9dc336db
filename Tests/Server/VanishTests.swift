import Model
import NIOCore
import Settings
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("renders that vanish and return") struct VanishTests {
  @Test("half of the farm falls silent and is given up; when it is back, it keeps its tasks, and none is started again")
  func half() async throws {
    let house = try await House.open(
      settings: try Settings.load(overrides: ["af_render_zombie_time": "5", "af_task_reconnect_timeout": "3600"]))
    let control = try await house.guest()
    let job = try await control.submit(document("vanish", frames: 8))
    let present = Present()
    let beat = control.connection.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(200)) { _ in
      for render in present.all { render.send(.alive(WireAlive())) }
    }
    var renders: [Guest] = []
    for number in 0..<8 {
      let guest = try await house.guest(.render)
      present.add(guest)
      _ = try await guest.register("r\(number)", maxTasks: 1)
      renders.append(guest)
    }
    var starts: [WireRunStart] = []
    for render in renders { starts.append(try await render.starts(1)[0]) }
    // With room for the tasks of those that vanish.
    let spare = try await house.guest(.render)
    present.add(spare)
    _ = try await spare.register("spare", maxTasks: 8)
    present.removeFirst(4)
    for render in renders.prefix(4) { _ = try await render.closes.first("the end of a silent render") { $0.first } }
    var back: [Guest] = []
    for number in 0..<4 {
      let guest = try await house.guest(.render)
      present.add(guest)
      var run = WireRunReport()
      run.lease = starts[number].lease
      run.key = starts[number].key
      let accepted = try await guest.register("r\(number)", maxTasks: 1, runs: [run])
      #expect(accepted.keep == [starts[number].lease])
      back.append(guest)
    }
    for (guest, start) in zip(back + renders.suffix(4), starts) {
      guest.finish(start)
      try await guest.acknowledged(start.lease)
    }
    beat.cancel()
    #expect(try await control.jobs().first?.counts.done == 8)
    #expect(try await control.tasks(job).map(\.starts) == Array(repeating: 1, count: 8))
    #expect((back + renders + [spare]).reduce(0) { $0 + $1.starts.count } == 8)
    for guest in back + renders.suffix(4) + [spare] { await guest.connection.close() }
    await control.connection.close()
    await house.close()
  }
}

/// The renders that give signs of life.
private final class Present: Sendable {
  private let guests = Mutex<[Guest]>([])
  var all: [Guest] { guests.withLock { $0 } }
  func add(_ guest: Guest) { guests.withLock { $0.append(guest) } }
  func removeFirst(_ count: Int) { guests.withLock { $0.removeFirst(count) } }
}
