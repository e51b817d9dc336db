import ArgumentParser
import Model
import Scheduler

/// The scheduler alone on a farm full of mixed work: what a start costs, how long a free render waits, what an idle farm costs.
struct Scale: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "The scheduler alone, small and large farms full of mixed work.")

  @Option(help: "Renders of the large farm.") var renders = 10_000
  @Option(help: "Jobs of the large farm.") var jobs = 10_000
  @Option(help: "Users of the large farm.") var users = 1_000
  @Option(help: "Branches of the large farm.") var branches = 100
  @Option(help: "Waiting tasks of the large farm.") var tasks = 10_000_000
  @Option(help: "Starts to measure.") var starts = 100_000

  func run() throws {
    let small = cost(renders: 100, jobs: 10)
    let manyJobs = cost(renders: 100, jobs: jobs)
    let manyRenders = cost(renders: renders, jobs: 10)
    let large = cost(renders: renders, jobs: jobs)
    let least = min(small.each, manyJobs.each, manyRenders.each, large.each)
    for (name, figure) in [
      ("100 renders, 10 jobs", small), ("100 renders, \(jobs) jobs", manyJobs), ("\(renders) renders, 10 jobs", manyRenders),
      ("\(renders) renders, \(jobs) jobs", large),
    ] {
      print(
        "(a) end and next start, \(name): \(fixed(figure.each, 2)) us (target 20), \(fixed(figure.each / least, 1)) x the least (target 2)"
      )
    }
    print(
      "(b) a free render's next task, \(renders) renders, \(jobs) jobs: p50 \(fixed(large.median, 1)) us, p99 \(fixed(large.late, 1)) us (target 1000), worst \(fixed(large.worst, 1)) us"
    )
    idle()
    maskThatMatchesNothing()
  }

  private struct Cost {
    /// Microseconds for each start.
    var each: Double
    var median: Double
    var late: Double
    var worst: Double
  }

  private func cost(renders: Int, jobs: Int) -> Cost {
    var farm = MixedFarm(
      renders: renders, users: min(users, jobs), branches: min(branches, jobs), jobs: jobs, tasks: tasks)
    var started = 0
    var times: [Double] = []
    times.reserveCapacity(starts)
    // Once around, so that all is as it is in the middle of a day.
    for _ in 0..<min(starts, farm.running) { _ = farm.finishOne() }
    while started < starts {
      let before = now()
      guard let number = farm.finishOne() else { break }
      if number > 0 { times.append((now() - before) * 1e6 / Double(number)) }
      started += number
      if times.count > 4 * starts { break }
    }
    let sum = times.reduce(0, +)
    times.sort()
    guard let worst = times.last else { return Cost(each: 0, median: 0, late: 0, worst: 0) }
    return Cost(
      each: sum / Double(times.count), median: times[times.count / 2], late: times[times.count * 99 / 100], worst: worst)
  }

  /// All work waits for a moment that does not come: what is left is the signs of life.
  private func idle() {
    var farm = MixedFarm(renders: renders, users: users, branches: branches, jobs: jobs, tasks: tasks)
    var ends = 0
    while farm.finishOne() != nil, ends < 5_000 { ends += 1 }
    let request = RequestID(connection: ConnectionID(0), number: 1)
    farm.apply(
      .operate(
        Operation(kind: .stop, jobs: .mask(".*")), by: Actor(user: "bench", host: "bench", role: .administrator), request: request))
    let ids = farm.farm.renderIDs()
    let measured = ids.map { farm.resources(of: $0) }
    // A minute: each render gives a sign every 4 s, what it measured every 10 s.
    let seconds = 60
    var timers = 0
    let start = now()
    var inTimers = 0.0
    for second in 0..<seconds {
      for (number, id) in ids.enumerated() where number % 4 == second % 4 {
        farm.time.microseconds += 90
        farm.apply(.renderAlive(id, number % 10 == second % 10 ? measured[number] : nil))
      }
      farm.time = Instant(seconds: farm.time.seconds + 1)
      if let timer = farm.farm.nextTimer, timer <= farm.time {
        let before = now()
        farm.apply(.time)
        inTimers += now() - before
        timers += 1
      }
    }
    let used = now() - start
    print(
      "(c) idle, \(renders) renders, \(jobs) jobs: \(percent(used / Double(seconds))) of a core for signs of life, \(fixed(inTimers * 1e3 / Double(seconds), 3)) ms a second for all else"
    )
  }

  /// Jobs whose mask matches no render: signs of life and ends of tasks cost what they cost without them.
  private func maskThatMatchesNothing() {
    func measure(_ waiting: Int) -> (alive: Double, end: Double) {
      var farm = MixedFarm(renders: renders, users: 10, branches: 10, jobs: 10, tasks: 1_000_000)
      for number in 0..<waiting {
        var spec = MixedFarm.job(number, users: 10, branches: 10, tasks: 1000)
        spec.name = "nowhere\(number)"
        spec.parameters = JobParameters()
        spec.parameters.work.hostsMask = "no-such-render\(number % 100)"
        farm.submit(spec)
      }
      let ids = farm.farm.renderIDs()
      let measured = ids.map { farm.resources(of: $0) }
      let start = now()
      for (number, id) in ids.enumerated() { farm.apply(.renderAlive(id, measured[number])) }
      let alive = (now() - start) * 1e6 / Double(max(1, ids.count))
      let begin = now()
      var ends = 0
      while ends < 20_000, farm.finishOne() != nil { ends += 1 }
      return (alive, (now() - begin) * 1e6 / Double(max(1, ends)))
    }
    let without = measure(0)
    let with = measure(1_000)
    print(
      "(e) 1,000 jobs whose masks match nothing, \(renders) renders: sign of life \(fixed(with.alive, 2)) us, \(fixed(with.alive / without.alive, 2)) x that without them; end and start \(fixed(with.end, 2)) us, \(fixed(with.end / without.end, 2)) x"
    )
  }
}
