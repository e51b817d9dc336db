public import Model

/// When jobs are expected to be done, by running a copy of the farm ahead: the same solver decides, and each task takes as long as
/// those of its block took.
extension Farm {
  /// Forecasts for all jobs that are not done, in order of their numbers.
  ///
  /// A farm with more waiting tasks than are to be simulated is simulated in coarser steps: one start then stands for several tasks
  /// of its block, on one slot, one after the other.
  ///
  /// - Parameters:
  ///   - moment: the present; nil: that of the last command.
  ///   - starts: how many starts are simulated at most for each of the three runs. What is not done then has no moment.
  public func forecasts(at moment: Instant? = nil, starts: Int = 200_000) -> [Forecast] {
    var farm = self
    farm.now = max(now, moment ?? now)
    let likely = RunAhead(farm, deviation: 0, starts: starts).doneTimes()
    let early = RunAhead(farm, deviation: -1, starts: starts).doneTimes()
    let late = RunAhead(farm, deviation: 1, starts: starts).doneTimes()
    return jobOrder.elements().compactMap { id in
      guard let place = jobPlaces[id], !jobs[place].counts.isAllFinished else { return nil }
      let end = likely[id] ?? .never
      // A faster farm may take another order, in which a job is done later: the spread holds the likely moment.
      let ends = [end, early[id] ?? .never, late[id] ?? .never].filter { $0 != .never }
      return Forecast(
        job: id, likely: end, early: ends.min() ?? .never, late: ends.max() ?? .never,
        reason: end == .never ? unknown(place) : "")
    }
  }

  private func unknown(_ job: Int) -> String {
    if jobs[job].isOffline { return "it is paused" }
    if jobs[job].counts[.error] > 0, jobs[job].counts.startable == 0, jobs[job].counts.out == 0 { return "it has errors" }
    for block in jobs[job].blocks where !blocks[block].counts.isAllFinished && expectation(block) == nil {
      let name = jobs[job].spec.blocks[Int(blocks[block].index.value)].name
      return "no task of block \"\(name)\", nor of its service, has finished yet"
    }
    return "not as things stand (see reeve explain)"
  }

  /// A task was done, and took so long.
  mutating func noteRunTime(_ block: Int, _ span: Span) {
    if isAhead { return }
    blocks[block].runTimes.add(span)
    serviceTimes[jobs[blocks[block].job].spec.blocks[Int(blocks[block].index.value)].service, default: RunTimes()].add(span)
  }

  /// How long a task of a block takes, in microseconds: mean and deviation. Its own tasks say it, else those of the job's blocks or
  /// of all blocks with its service; nil: nothing is known.
  func expectation(_ block: Int) -> RunTimes.Expectation? {
    if let own = blocks[block].runTimes.expectation { return own }
    let job = blocks[block].job
    let service = jobs[job].spec.blocks[Int(blocks[block].index.value)].service
    for other in jobs[job].blocks where jobs[job].spec.blocks[Int(blocks[other].index.value)].service == service {
      if let found = blocks[other].runTimes.expectation { return found }
    }
    return serviceTimes[service]?.expectation
  }
}

/// Run times of tasks that were done: enough to tell mean and spread.
struct RunTimes: Sendable, Hashable {
  private(set) var count: Int64 = 0
  private(set) var sum: Double = 0
  private(set) var squares: Double = 0

  struct Expectation: Sendable {
    /// In microseconds.
    var mean: Double
    var deviation: Double
  }

  mutating func add(_ span: Span) {
    let time = Double(max(0, span.microseconds))
    count += 1
    sum += time
    squares += time * time
  }

  var expectation: Expectation? {
    guard count > 0 else { return nil }
    let mean = sum / Double(count)
    // One or two tasks say little: half of the mean either way.
    let variance = count < 3 ? mean * mean / 4 : max(0, squares / Double(count) - mean * mean)
    return Expectation(mean: mean, deviation: variance.squareRoot())
  }
}

/// A farm that runs ahead of its time, with nobody watching.
private struct RunAhead {
  private var farm: Farm
  private let deviation: Double
  private let starts: Int
  /// How many tasks one start stands for.
  private let tasksPerStart: Int
  /// Ends to come, soonest first (a binary heap).
  private var ends: [(at: Instant, lease: Lease)] = []
  private var effects: [Effect] = []

  init(_ farm: Farm, deviation: Double, starts: Int) {
    self.farm = farm
    self.deviation = deviation
    self.starts = starts
    let waiting = farm.jobOrder.elements().reduce(0) { sum, id in
      farm.jobPlaces[id].map { sum + Int(farm.jobs[$0].counts.total - farm.jobs[$0].counts.finished) } ?? sum
    }
    tasksPerStart = max(1, (waiting + starts / 2) / max(1, starts / 2))
  }

  /// When each job is done that is done in the time.
  consuming func doneTimes() -> [JobID: Instant] {
    var done: [JobID: Instant] = [:]
    for case let run? in farm.runs where run.intent != .forget {
      expect(run.lease, startedAt: run.started, percent: run.percent, block: run.block)
    }
    farm.isAhead = true
    var left = starts
    var timers = starts
    run(.time, at: farm.now, &left)
    // Times of waiting come by themselves, but not for ever.
    while left > 0 {
      let next = ends.first?.at
      let timer = farm.nextTimer
      guard let next else {
        guard let timer, timer < farm.now + .seconds(366 * 86_400), timers > 0 else { break }
        run(.time, at: max(timer, farm.now), &left)
        timers -= 1
        continue
      }
      if let timer, timer < next {
        run(.time, at: max(timer, farm.now), &left)
        timers -= 1
        if timers == 0 { break }
        continue
      }
      let end = pop()
      guard let place = farm.leases[end.lease], let run = farm.runs[place] else { continue }
      let block = run.block
      let at = max(end.at, farm.now)
      self.run(.runFinished(farm.renders[run.render].id, end.lease, run.key, RunResult(outcome: .success)), at: at, &left)
      if tasksPerStart > 1 { farm.finishMore(block, tasksPerStart - 1, at: at) }
      if let job = farm.jobPlaces[run.key.job], farm.jobs[job].counts.isAllFinished { done[run.key.job] = at }
    }
    return done
  }

  private mutating func run(_ command: Command, at now: Instant, _ left: inout Int) {
    effects.removeAll(keepingCapacity: true)
    farm.apply(command, at: now, into: &effects)
    for case .start(_, let start) in effects {
      left -= 1
      if let place = farm.leases[start.lease], let run = farm.runs[place] {
        expect(start.lease, startedAt: now, percent: -1, block: run.block)
      }
    }
  }

  private mutating func expect(_ lease: Lease, startedAt started: Instant, percent: Int32, block: Int) {
    guard let times = farm.expectation(block) else { return }
    let waiting = Int(farm.blocks[block].counts.startable) + 1
    let tasks = Double(min(tasksPerStart, waiting))
    var length = max(times.mean * 0.1, times.mean + deviation * times.deviation) * tasks
    let gone = Double((farm.now - started).microseconds)
    // What it says of itself is better than what others took.
    if percent > 5, gone > 0 { length = gone * 100 / Double(percent) }
    push((max(farm.now, started + Span(microseconds: Int64(max(length, 1)))), lease))
  }

  // MARK: Heap

  private mutating func push(_ end: (at: Instant, lease: Lease)) {
    ends.append(end)
    var child = ends.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(child, parent) else { return }
      ends.swapAt(child, parent)
      child = parent
    }
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    ends[a].at == ends[b].at ? ends[a].lease < ends[b].lease : ends[a].at < ends[b].at
  }

  private mutating func pop() -> (at: Instant, lease: Lease) {
    let first = ends[0]
    let last = ends.removeLast()
    guard !ends.isEmpty else { return first }
    ends[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < ends.count && isBefore(child, least) { least = child }
      if least == parent { return first }
      ends.swapAt(least, parent)
      parent = least
    }
  }
}

extension Farm {
  /// Marks so many further tasks of a block as done that could start: one start stood for them too.
  fileprivate mutating func finishMore(_ block: Int, _ count: Int, at now: Instant) {
    self.now = now
    let job = blocks[block].job
    guard job >= 0 else { return }
    for _ in 0..<count {
      guard let task = blocks[block].startable.next(from: 0) else { break }
      move(block, task, to: .done)
    }
    refreshDone(job)
    effects.removeAll(keepingCapacity: true)
  }
}
