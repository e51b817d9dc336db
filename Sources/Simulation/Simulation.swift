public import Model
import Scheduler

/// Whole farms under faults, each from one seed (docs/decisions/0014-simulation.md).
///
/// `run` has one farm for some simulated hours, with what goes wrong in them; then everything is mended, and all jobs must come to
/// their end. What must hold is in `Promises`, in `FarmAudit`, and beside what `ServerNode` does.
public struct Simulation: Sendable {
  public let seed: UInt64
  /// Simulated time with faults.
  public let duration: Span
  /// After the faults all jobs must be done within this.
  static let recovery = Span.seconds(2 * 3600)
  private var options = WorldOptions()

  public init(seed: UInt64, hours: Double) {
    self.seed = seed
    duration = Span(microseconds: Int64(hours * 3_600_000_000))
  }

  init(seed: UInt64, hours: Double, sabotage: Sabotage) {
    self.init(seed: seed, hours: hours)
    options.sabotage = sabotage
  }

  /// What came of one run.
  public struct Outcome: Sendable {
    /// What did not hold; nil: everything did.
    public let violation: String?
    /// Faults that struck, as in the plan.
    public let faults: [Fault]
    public let steps: Int
    /// Commands of the farm.
    public let commands: Int
    /// Tasks whose end was acknowledged.
    public let tasks: Int
    /// The last of what happened, oldest first; empty unless asked for.
    public let trace: [String]
    /// How long it took until all was done after the faults.
    public let recovery: Span
  }

  /// - Parameters:
  ///   - faults: numbers of the faults that strike; nil: all of the plan.
  ///   - traceLines: how many of the last lines of what happens are kept.
  public func run(faults: Set<Int>? = nil, traceLines: Int = 0) -> Outcome {
    var options = options
    options.traceLines = traceLines
    options.faultsEnd = duration
    let world = World(seed: seed, options)
    let plan = populate(world)
    world.plan(plan, only: faults)
    let end = World.beginning + duration
    world.run(until: end)
    var recovery = Span(microseconds: 0)
    if world.violation == nil { recovery = recover(world) }
    return Outcome(
      violation: world.violation, faults: world.faults, steps: world.steps, commands: world.applied, tasks: world.promises.kept,
      trace: world.traced, recovery: recovery)
  }

  /// The smallest part of the plan that still fails, by taking parts of it away (delta debugging).
  public func shrink(_ failing: Outcome, tries: Int = 120) -> Outcome {
    var best = failing
    var left = tries
    var pieces = 2
    while best.faults.count > 0, left > 0 {
      let numbers = best.faults.map(\.number)
      let size = max(1, (numbers.count + pieces - 1) / pieces)
      var hasShrunk = false
      for start in stride(from: 0, to: numbers.count, by: size) where left > 0 {
        left -= 1
        let without = run(faults: Set(numbers[..<start] + numbers[min(start + size, numbers.count)...]))
        guard without.violation != nil else { continue }
        best = without
        pieces = max(2, pieces - 1)
        hasShrunk = true
        break
      }
      if hasShrunk { continue }
      if size == 1 { break }
      pieces = min(numbers.count, pieces * 2)
    }
    return best
  }

  // MARK: - One farm

  private func populate(_ world: World) -> [Fault] {
    var chance = Seeded(seed, 4)
    let agents = chance.number(5...12)
    var settings = FarmSettings()
    settings.heartbeat = .seconds(Int64(chance.one(of: [4, 5, 10])))
    settings.zombieTime = .seconds(settings.heartbeat.seconds * 4)
    settings.reconnectTimeout = .seconds(Int64(chance.one(of: [20, 30, 60])))
    settings.undoGrace = .seconds(Int64(chance.one(of: [0, 30, 30, 300])))
    settings.systemTasksMax = Int32(chance.one(of: [3, 1000]))
    _ = world.add { _ in ServerNode(world, settings: settings) }
    for index in 0..<agents {
      let services = chance.one(of: [[], [], ["generic", "nuke", "slave"], ["generic", "slave"]])
      let capacity = Int32(chance.one(of: [1000, 2500, 4000]))
      let tasks = Int32(chance.number(1...5))
      _ = world.add {
        AgentNode(
          world, $0, user: ["anna", "ben"][index % 2], capacity: capacity, maxTasks: tasks, services: index == 0 ? [] : services)
      }
    }
    let names = (0..<agents).map { "render\($0)" }
    for user in ["anna", "ben"] {
      _ = world.add { PersonNode(world, $0, user: user, wishes: Wishes(user: user, renders: names)) }
    }
    for node in world.nodes { node.start() }
    return FaultPlan.make(
      seed: seed, from: World.beginning, to: World.beginning + duration, agents: agents, clients: agents + 2)
  }

  /// Mends everything, takes away what may hold a job by right, and waits for the end of all jobs.
  private func recover(_ world: World) -> Span {
    world.heal()
    let begin = world.now
    // What is down needs a while to be back.
    world.run(until: begin + .seconds(60))
    var cleared: Set<JobID> = []
    while world.violation == nil {
      world.server?.clearTheWay(&cleared)
      world.run(until: world.now + .seconds(30))
      guard let server = world.server, let farm = server.farm else {
        world.fail("the server does not come back")
        break
      }
      let open = farm.jobIDs(limit: .max).filter { farm.job($0)?.counts.isAllFinished == false }
      if open.isEmpty, farm.systemTasks(.postCommands, limit: 1).isEmpty {
        server.audit()
        break
      }
      if world.now - begin > Self.recovery { world.fail(Self.stuck(world, farm, open)) }
    }
    return world.now - begin
  }

  private static func stuck(_ world: World, _ farm: Farm, _ open: [JobID]) -> String {
    guard let id = open.first else { return "commands of the system job do not end" }
    // What the farm believes to run, and what its machine has of it.
    let out = farm.renderIDs().flatMap { farm.render($0)?.running ?? [] }.prefix(8).map { key in
      let lease = farm.lease(of: key) ?? Lease(0)
      let has = world.nodes.compactMap { ($0 as? AgentNode)?.says(of: lease) }.first ?? "nowhere"
      return "\(key) by \(lease), \(has)"
    }.joined(separator: ", ")
    // Of a task that could start the reasons are nearer than those of its job.
    let waiting = farm.tasks(of: id, state: [.ready, .errorReady], limit: 1).rows.first?.key
    let explained = waiting.flatMap { farm.explain(id, block: $0.block, task: $0.task) } ?? farm.explain(id)
    let why = explained.map { "\($0.verdict): \($0.rules.map(\.text).joined(separator: "; "))" } ?? ""
    return "\(recovery.seconds) s after the last fault \(open.count) jobs are not done, as job \(id), which \(why); out: \(out)"
  }
}

extension World {
  /// How long a start lasts, and how it ends: the same for the same start of the same task, whatever else happens.
  func fate(of start: RunStart) -> (lasts: Span, outcome: RunOutcome) {
    var chance = Seeded(
      seed,
      (UInt64(start.key.job.value) << 40) ^ (UInt64(start.key.block.value) << 32) ^ (UInt64(start.key.task.value) << 8)
        ^ UInt64(UInt32(bitPattern: start.start)) ^ UInt64(start.hostNumber + 1) << 56)
    // Slaves live as long as their master.
    let lasts =
      start.hostNumber > 0 ? Span.seconds(100_000) : start.system != nil ? chance.span(100...4000) : chance.span(1000...50_000)
    if now > World.beginning + options.faultsEnd || chance.chance(4, in: 5) { return (lasts, .success) }
    return (
      lasts,
      chance.one(of: [
        .exitStatus, .exitStatus, .killed, .parserError, .parserFatalError, .parserSuccess, .lost, .failedToStart, .skipped,
        .badFiles,
      ])
    )
  }
}

extension MemoryStore {
  /// Takes out a job that the store refused.
  mutating func withdraw(_ job: JobID) {
    apply(.deleteJob(job))
    for (number, command) in systemCommands where command.command.job == job { apply(.deleteSystemCommand(number)) }
  }
}
