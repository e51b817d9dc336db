import Model
import Scheduler

/// A farm with renders that do what renders do, driven by a seed: what it does to its store is of every kind that matters.
struct BusyFarm {
  var farm: Farm
  var now = Instant(seconds: 1_000_000)
  private var state: UInt64
  private var renders: [(name: String, id: RenderID, connection: ConnectionID?)] = []
  private var connections: UInt64 = 0
  private var requests: UInt64 = 0
  private var running: [(render: RenderID, start: RunStart)] = []
  /// Runs that end next: a stop was asked for.
  private(set) var stopping: [(render: RenderID, start: RunStart)] = []
  private let ann = Actor(user: "ann", host: "desk", role: .administrator)
  /// The last command.
  private(set) var last: Command = .listening

  init(seed: UInt64, settings: FarmSettings = FarmSettings()) {
    state = seed &* 0x9E37_79B9_7F4A_7C15
    farm = Farm(settings: settings, at: now)
  }

  private mutating func random(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }

  private mutating func apply(_ command: Command) -> [Effect] {
    last = command
    let effects = farm.apply(command, at: now)
    for effect in effects {
      switch effect {
      case .start(let render, let start): running.append((render, start))
      case .stop(_, let lease):
        stopping += running.filter { $0.start.lease == lease }
        running.removeAll { $0.start.lease == lease }
      default: break
      }
    }
    return effects
  }

  private mutating func request() -> RequestID {
    requests += 1
    return RequestID(connection: ConnectionID(0), number: requests)
  }

  /// Does something.
  mutating func step() -> [Effect] {
    now = now + .milliseconds(Int64(random(3000)))
    if case .listening = last, requests == 0, renders.isEmpty { _ = apply(.listening) }
    if let run = stopping.popLast() {
      return apply(.runFinished(run.render, run.start.lease, run.start.key, RunResult(outcome: .stopped)))
    }
    let jobs = farm.jobIDs(limit: 1000).filter { $0 != .system }
    switch random(12) {
    case 0, 1: return apply(.submit(spec(), by: ann, request: request()))
    case 2: return arrive()
    case 3 where !renders.isEmpty: return leave()
    case 4 where !jobs.isEmpty:
      let kinds: [Operation.Kind] = [.pause, .start, .restart, .restartErrors, .skip, .delete, .stop]
      let job = jobs[random(jobs.count)]
      return apply(
        .operate(Operation(kind: kinds[random(kinds.count)], jobs: .ids([job])), by: ann, request: request()))
    case 5:
      if let next = farm.nextTimer { now = max(now, next) }
      return apply(.time)
    case 6 where !renders.isEmpty:
      return apply(
        .operateRenders(
          [.nimby, .free, .pause, .unpause][random(4)], names: [renders[random(renders.count)].name], by: ann, request: request()))
    case 7 where !running.isEmpty:
      let run = running[random(running.count)]
      return apply(
        .runProgressed(run.render, run.start.lease, RunProgress(percent: Int32(random(100)), activity: "at \(random(9))")))
    default: return finish()
    }
  }

  mutating func delete(_ job: JobID) -> [Effect] {
    apply(.operate(Operation(kind: .delete, jobs: .ids([job])), by: ann, request: request()))
  }

  private mutating func spec() -> JobSpec {
    let numeric = BlockSpec(
      name: "frames", work: .numeric(Frames(first: 1, last: Int64(3 + random(30)), perTask: 1, increment: 1)), command: "true @#@",
      flags: .numeric)
    let tasks = TaskList((0..<(1 + random(5))).map { TaskSpec(name: "t\($0)", command: "c \($0)") })
    let listed = BlockSpec(name: "listed", work: .listed(tasks, framesPerTask: 1), command: "sh @#@")
    var spec = JobSpec(name: "job \(random(1000))", user: random(3) == 0 ? "bob" : "ann", blocks: [numeric, listed])
    if random(3) == 0 { spec.parameters.branch = "/film/shot\(random(3))" }
    return spec
  }

  private mutating func arrive() -> [Effect] {
    connections += 1
    let connection = ConnectionID(connections)
    let place: Int
    if renders.count < 4 {
      renders.append(("r\(renders.count)", RenderID(0), nil))
      place = renders.count - 1
    } else {
      place = random(renders.count)
    }
    let id = renders[place].id
    renders[place].connection = connection
    let runs = running.filter { $0.render == id }.map { RunReport(lease: $0.start.lease, key: $0.start.key) }
    let effects = apply(
      .renderRegistered(
        RenderRegistration(
          name: renders[place].name, agent: "agent \(place)", user: "root", address: "10.0.0.\(place)", capacity: 1000, maxTasks: 3,
          runs: runs), connection: connection))
    renders[place].id = farm.render(named: renders[place].name) ?? RenderID(0)
    return effects
  }

  private mutating func leave() -> [Effect] {
    let place = random(renders.count)
    guard let connection = renders[place].connection else { return [] }
    renders[place].connection = nil
    let id = renders[place].id
    if random(2) == 0 { return apply(.renderLeft(id, connection: connection, ejected: false)) }
    return apply(.renderDisconnected(id, connection: connection))
  }

  private mutating func finish() -> [Effect] {
    guard !running.isEmpty else { return [] }
    let place = random(running.count)
    let run = running.remove(at: place)
    let isGood = random(5) > 0
    return apply(
      .runFinished(
        run.render, run.start.lease, run.start.key,
        RunResult(outcome: isGood ? .success : .exitStatus, exitCode: isGood ? 0 : 1, reason: isGood ? "" : "exit status 1")))
  }
}
