import Foundation
import Glibc
import Logging
import Model
import Scheduler
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("the flight recorder") struct RecorderTests {
  /// A recorder beside a store, fed as the commit queue feeds it.
  private final class Stand {
    let scratch: ScratchFolder
    let store: SQLiteStore
    let recorder: Recorder
    let tape = LogTape()
    var folder: String { scratch.file("recorder") }

    init(_ limits: Recorder.Limits = Recorder.Limits(), scratch: ScratchFolder? = nil) throws {
      let scratch = try scratch ?? ScratchFolder()
      self.scratch = scratch
      let store = try SQLiteStore(path: scratch.file("a.sqlite"))
      self.store = store
      recorder = try Recorder(
        folder: scratch.file("recorder"), limits: limits, header: WireArchiveHeader(), clock: FarmClock(), log: tape.logger)
    }

    /// Between two batches, as the commit queue does.
    func start() {
      let store = store
      recorder.start { begun in
        begun(Result { try store.reading(.farm) }.mapError { StoreFailure(wrapping: $0) })
      }
    }

    func record(_ farm: inout BusyFarm) throws {
      let effects = farm.step()
      try record(effects, of: farm)
    }

    func record(_ effects: [Effect], of farm: BusyFarm) throws {
      var entry = Recorder.Entry(time: farm.now, notes: BatchNotes(), rows: [])
      for case .store(let change) in effects { entry.rows.append(change) }
      entry.notes.take(farm.last, effects, farm.farm)
      try store.append(entry.rows)
      recorder.take([entry])
    }
  }

  /// What lists show of a farm, as far as a recording is exact.
  private struct Shown: Equatable {
    var jobs: [String]
    var tasks: [String]
    var renders: [String]

    init(_ farm: Farm) {
      let ids = farm.jobIDs(limit: .max)
      jobs = ids.compactMap { farm.job($0) }.map { job in
        "\(job.id) \(job.name) \(job.user) \(job.state.text) \(job.counts) \(job.started) \(job.done) \(job.priority)"
      }
      tasks = ids.flatMap { id in
        farm.tasks(of: id, block: nil, state: [], after: nil, limit: .max).rows.map { task in
          // While it runs, its last sign of life is no moment that is kept.
          let finished = task.phase.isOut ? Instant.never : task.finished
          return
            "\(task.key) \(task.name) \(task.state.text) \(task.starts) \(task.errors) \(task.render) \(task.started) \(finished) \(task.percent) \(task.reason)"
        }
      }
      renders = farm.renderIDs().compactMap { farm.render($0) }.map { render in
        // Where one was that is gone is no longer known after a restart either.
        let address = render.state.contains(.online) ? render.address : ""
        return
          "\(render.id) \(render.name) \(render.state.text) \(render.running.sorted()) \(render.capacityUsed) \(render.capacity) \(render.registered) \(address)"
      }
    }
  }

  @Test("what is replayed is what the farm said at that moment", arguments: 1...6 as ClosedRange<UInt64>)
  func replay(seed: UInt64) throws {
    var limits = Recorder.Limits()
    limits.progressPace = Span.seconds(0)
    let stand = try Stand(limits)
    var farm = BusyFarm(seed: seed)
    stand.start()
    // The segment's own time is that of the clock: the farm lives after it.
    farm.now = FarmClock().now + .seconds(1)
    var shown: [(Instant, Shown)] = []
    for step in 0..<300 {
      try stand.record(&farm)
      if step.isMultiple(of: 23), farm.stopping.isEmpty { shown.append((farm.now, Shown(farm.farm))) }
      farm.now = farm.now + .milliseconds(1)
    }
    stand.recorder.close()
    let recording = try Recording.open(stand.folder)
    #expect(recording.troubles.isEmpty && recording.times.count == 1)
    for (moment, live) in shown {
      let replayed = Shown(try recording.farm(at: moment))
      #expect(replayed.jobs == live.jobs)
      #expect(replayed.tasks == live.tasks)
      #expect(replayed.renders == live.renders)
    }
    #expect(throws: Failure.self) { try recording.farm(at: Instant(seconds: 5)) }
  }

  @Test("all segments together stay below the bound, the oldest go, and what is left is right")
  func bounded() throws {
    var limits = Recorder.Limits()
    limits.bytes = 400 << 10
    let stand = try Stand(limits)
    var farm = BusyFarm(seed: 3)
    farm.now = FarmClock().now + .seconds(1)
    stand.start()
    var last: (Instant, Shown)?
    for step in 0..<6000 {
      // Jobs that are gone take nothing.
      for id in farm.farm.jobIDs(limit: 100).dropFirst(6) where step.isMultiple(of: 50) {
        try stand.record(farm.delete(id), of: farm)
      }
      try stand.record(&farm)
      if step.isMultiple(of: 100) {
        // The recorder is not raced: a reading is of the store as it is then.
        stand.recorder.settle()
        let bytes = RecorderFolder(path: stand.folder).entries().reduce(0) { $0 + $1.bytes }
        #expect(bytes <= limits.bytes + 64 << 10)
      }
      farm.now = farm.now + .milliseconds(1)
    }
    last = (farm.now, Shown(farm.farm))
    stand.recorder.close()
    let entries = RecorderFolder(path: stand.folder).entries()
    #expect((entries.first?.number ?? 0) > 1, "nothing was deleted")
    let recording = try Recording.open(stand.folder)
    if let last { #expect(Shown(try recording.farm(at: last.0)).jobs == last.1.jobs) }
  }

  @Test("an end that a crash cut short is where reading stops, with a note")
  func torn() throws {
    let stand = try Stand()
    var farm = BusyFarm(seed: 5)
    farm.now = FarmClock().now + .seconds(1)
    stand.start()
    for _ in 0..<100 { try stand.record(&farm) }
    stand.recorder.close()
    let path = try #require(RecorderFolder(path: stand.folder).entries().first?.path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let end = try #require(try Recording.open(stand.folder).times.last?.upperBound)
    for cut in [1, 5, 40, 400] {
      try whole.prefix(whole.count - cut).write(to: URL(fileURLWithPath: path))
      let recording = try Recording.open(stand.folder)
      #expect(recording.troubles.count == 1 && "\(recording.troubles)".contains("the last moments are missing"))
      _ = try recording.farm(at: end)
    }
    var damaged = whole
    damaged[whole.count / 2] ^= 1
    try damaged.write(to: URL(fileURLWithPath: path))
    let recording = try Recording.open(stand.folder)
    #expect("\(recording.troubles)".contains("what comes after is not read"))
  }

  @Test("when too much waits a gap is left, and a new segment begins with what is true")
  func gap() throws {
    var limits = Recorder.Limits()
    limits.waiting = 0
    let stand = try Stand(limits)
    // So that nothing is still to be stopped at the end, which a store has as stopped.
    var settings = FarmSettings()
    settings.undoGrace = .seconds(0)
    var farm = BusyFarm(seed: 2, settings: settings)
    farm.now = FarmClock().now + .seconds(1)
    stand.start()
    stand.recorder.settle()
    for _ in 0..<60 { try stand.record(&farm) }
    stand.recorder.settle()
    #expect(stand.tape.text.contains("could not keep up"), "\(stand.tape.text)")
    stand.recorder.close()
    let recording = try Recording.open(stand.folder)
    #expect(Shown(try recording.farm(at: farm.now)).jobs == Shown(farm.farm).jobs)
  }

  @Test("a farm that is too large for the bound is not recorded, and that is said once")
  func tooLarge() throws {
    var limits = Recorder.Limits()
    limits.bytes = 4 << 10
    let stand = try Stand(limits)
    var farm = BusyFarm(seed: 4)
    for _ in 0..<200 {
      for case .store(let change) in farm.step() { try stand.store.append([change]) }
    }
    stand.start()
    stand.recorder.settle()
    #expect(stand.tape.text.contains("af_recorder_size"), "\(stand.tape.text)")
    #expect(RecorderFolder(path: stand.folder).entries().isEmpty)
    stand.recorder.close()
  }

  @Test("a disk without room switches it off with one line, until there is some")
  func noRoom() throws {
    var limits = Recorder.Limits()
    limits.room = .max
    limits.retry = 5
    let stand = try Stand(limits)
    var farm = BusyFarm(seed: 4)
    stand.start()
    for _ in 0..<20 { try stand.record(&farm) }
    stand.recorder.settle()
    #expect(stand.tape.text.components(separatedBy: "is off until it can go on").count == 2, "\(stand.tape.text)")
    stand.recorder.close()
  }

  @Test("start and end of a task cost what docs/decisions/0015 says")
  func cost() throws {
    let stand = try Stand()
    var farm = Farm(at: FarmClock().now)
    var now = FarmClock().now + .seconds(1)
    stand.start()
    func apply(_ command: Command) throws -> [Effect] {
      let effects = farm.apply(command, at: now)
      var entry = Recorder.Entry(time: now, notes: BatchNotes(), rows: [])
      for case .store(let change) in effects { entry.rows.append(change) }
      entry.notes.take(command, effects, farm)
      stand.recorder.take([entry])
      now = now + .milliseconds(700)
      return effects
    }
    _ = try apply(.listening)
    let block = BlockSpec(
      name: "b", work: .numeric(Frames(first: 1, last: 1000, perTask: 1, increment: 1)), command: "true", flags: .numeric)
    let spec = JobSpec(name: "j", user: "ann", blocks: [block])
    _ = try apply(.submit(spec, by: Actor(user: "ann", host: "desk"), request: RequestID(connection: ConnectionID(0), number: 1)))
    var effects = try apply(
      .renderRegistered(RenderRegistration(name: "r", agent: "a", user: "root", maxTasks: 1), connection: ConnectionID(1)))
    stand.recorder.settle()
    func bytes() -> Int { RecorderFolder(path: stand.folder).entries().reduce(0) { $0 + $1.bytes } }
    let before = bytes()
    var count = 0
    while let start = effects.lazy.compactMap({ if case .start(let render, let start) = $0 { (render, start) } else { nil } })
      .first,
      count < 500
    {
      _ = try apply(.runStarted(start.0, start.1.lease))
      effects = try apply(.runFinished(start.0, start.1.lease, start.1.key, RunResult(outcome: .success)))
      count += 1
    }
    stand.recorder.settle()
    let each = (bytes() - before) / max(1, count)
    print("recorder: \(each) bytes for start and end of a task")
    #expect(count == 500 && each > 50 && each < 300, "\(each) bytes")
    stand.recorder.close()
  }
}
