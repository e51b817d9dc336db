import ArgumentParser
import Model
import Scheduler

/// The scheduler alone, in this process: what a start and a finish cost without network and disk.
struct Solve: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "The scheduler alone drains a job.")

  @Option(help: "Tasks of the job.") var tasks = 100_000
  @Option(help: "Renders.") var renders = 100
  @Option(help: "Tasks at once on each.") var slots: Int32 = 4
  @Option(help: "Further jobs that wait.") var jobs = 100

  func run() throws {
    var farm = Farm(at: Instant(seconds: 1))
    var time = Instant(seconds: 1)
    var effects: [Effect] = []
    var pending: [(RenderID, RunStart)] = []
    func collect() {
      for effect in effects { if case .start(let render, let run) = effect { pending.append((render, run)) } }
    }
    let actor = Actor(user: "bench", host: "bench")
    func spec(_ name: String, _ count: Int, _ priority: UInt8) -> JobSpec {
      JobSpec(
        name: name, user: "bench", priority: priority,
        blocks: [BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: Int64(count))), command: "true")])
    }
    for number in 0..<jobs {
      farm.apply(
        .submit(spec("waiting\(number)", 10_000, 50), by: actor, request: RequestID(connection: ConnectionID(0), number: 1)),
        at: time,
        into: &effects)
    }
    farm.apply(
      .submit(spec("drain", tasks, 99), by: actor, request: RequestID(connection: ConnectionID(0), number: 1)), at: time,
      into: &effects)
    for number in 0..<renders {
      effects.removeAll(keepingCapacity: true)
      farm.apply(
        .renderRegistered(
          RenderRegistration(name: "r\(number)", agent: "a\(number)", user: "bench", capacity: slots * 1000, maxTasks: slots),
          connection: ConnectionID(UInt64(number + 1))), at: time, into: &effects)
      collect()
    }
    let start = now()
    var done = 0
    var index = 0
    while done < tasks, index < pending.count {
      let (render, run) = pending[index]
      index += 1
      time.microseconds += 10
      effects.removeAll(keepingCapacity: true)
      farm.apply(.runFinished(render, run.lease, run.key, RunResult(outcome: .success)), at: time, into: &effects)
      done += 1
      collect()
    }
    let seconds = now() - start
    print(
      "scheduler alone, \(renders) renders, \(jobs) further jobs: \(fixed(seconds * 1e6 / Double(done), 2)) us per start and finish"
    )
  }
}
