import Model
import Testing

@testable import Scheduler

/// Farms under random commands: what must always hold is checked after each.
@Suite("Whatever happens")
struct RandomFarmTests {
  @Test("the invariants hold, and a farm loaded from the store is the same farm", arguments: 1...8)
  func invariants(seed: Int) {
    var world = RandomWorld(seed: UInt64(seed))
    for step in 0..<250 {
      world.step()
      let faults = world.faults(isThorough: step % 8 == 0)
      if !faults.isEmpty {
        Issue.record("seed \(seed), step \(step): \(world.did): \(faults.joined(separator: "; "))")
        return
      }
    }
  }

  @Test("the same commands give the same effects", arguments: 1...3)
  func deterministic(seed: Int) {
    var first = RandomWorld(seed: UInt64(seed))
    var second = RandomWorld(seed: UInt64(seed))
    for _ in 0..<300 {
      first.step()
      second.step()
      #expect("\(first.driver.last)" == "\(second.driver.last)")
    }
  }
}

/// A farm, and agents that do what agents do, some of it wrong.
struct RandomWorld {
  var driver = FarmDriver()
  var generator: Seeded
  /// What the last step did, for the report.
  var did = ""
  private var agents: [Agent] = []

  private struct Agent {
    var name: String
    var connection: ConnectionID?
    var id = RenderID(0)
    /// What runs there, by its lease.
    var runs: [Lease: TaskKey] = [:]
    /// Results whose acknowledgement did not come.
    var finished: [Lease: TaskKey] = [:]
  }

  init(seed: UInt64) {
    generator = Seeded(seed)
    for index in 0..<5 { agents.append(Agent(name: "render\(index)")) }
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func step() {
    driver.now = driver.now + .milliseconds(Int64(number(0...2000)))
    switch number(0...21) {
    case 0...1: submit()
    case 2...8: finish()
    case 9: progress()
    case 10...11: operate()
    case 12...13: connect()
    case 14: disconnect()
    case 15: leave()
    case 16: operateRenders()
    case 17: restartServer()
    case 18: time()
    case 19: lateResult()
    case 20: forget()
    default: alive()
    }
    deliver()
  }

  private mutating func submit() {
    guard driver.farm.jobCount < 12 else { return }
    var blocks: [BlockSpec] = []
    for index in 0...number(0...2) {
      let needs = index > 0 && number(0...2) == 0 ? "b0" : ""
      let needsTasks = index > 0 && number(0...1) == 0 ? "b\(index - 1)" : ""
      if number(0...2) == 0 {
        let perTask: Int64 = [1, 2, -2][number(0...2)]
        blocks.append(
          list(number(1...9), framesPerTask: perTask, name: "b\(index)", capacity: capacity(), needs: needs, needsTasks: needsTasks)
        )
      } else {
        blocks.append(
          frames(
            1, Int64(number(1...30)), per: Int64(number(1...3)), by: Int64(number(1...2)), name: "b\(index)", capacity: capacity(),
            service: ["generic", "nuke"][number(0...1)], retries: Int8(number(-1...2)), needs: needs, needsTasks: needsTasks))
      }
    }
    driver.submit(
      JobSpec(
        name: "job\(number(0...3))", user: ["anna", "ben"][number(0...1)], priority: UInt8(number(0...4) * 30),
        isOffline: number(0...5) == 0, blocks: blocks))
    did = "submit"
  }

  private mutating func capacity() -> Int32 { [300, 500, 1000][number(0...2)] }

  /// A run of a connected agent that is still the farm's.
  private mutating func someRun() -> (agent: Int, lease: Lease, key: TaskKey)? {
    let all = agents.indices.flatMap { agent in agents[agent].runs.keys.sorted().map { (agent, $0, agents[agent].runs[$0]!) } }
    return all.isEmpty ? nil : all[number(0...all.count - 1)]
  }

  private mutating func finish() {
    guard let (agent, lease, key) = someRun() else { return }
    agents[agent].runs[lease] = nil
    let outcomes: [RunOutcome] = [
      .success, .success, .success, .exitStatus, .killed, .parserError, .parserFatalError, .parserSuccess, .lost, .failedToStart,
    ]
    let outcome = outcomes[number(0...outcomes.count - 1)]
    agents[agent].finished[lease] = key
    if agents[agent].connection != nil {
      driver.apply(.runFinished(agents[agent].id, lease, key, RunResult(outcome: outcome)))
      did = "\(key) \(outcome)"
    } else {
      did = "\(key) ends while its agent is away"
    }
  }

  private mutating func lateResult() {
    guard let lease = agents.flatMap({ $0.finished.keys }).min(),
      let agent = agents.firstIndex(where: { $0.finished[lease] != nil }),
      agents[agent].connection != nil, let key = agents[agent].finished[lease]
    else { return }
    driver.apply(.runFinished(agents[agent].id, lease, key, RunResult(outcome: .success)))
    did = "\(key) reported again"
  }

  private mutating func progress() {
    guard let (agent, lease, key) = someRun(), agents[agent].connection != nil else { return }
    driver.apply(
      .runProgressed(agents[agent].id, lease, RunProgress(percent: 10, activity: "works", hasWarning: number(0...1) == 0)))
    did = "progress of \(key)"
  }

  private mutating func operate() {
    let ids = driver.farm.jobIDs(limit: 100)
    guard !ids.isEmpty else { return }
    let id = ids[number(0...ids.count - 1)]
    let kind = Operation.Kind.allCases[number(0...Operation.Kind.allCases.count - 1)]
    if kind == .delete, number(0...2) > 0 { return }
    var tasks: [TaskRange] = []
    var block: Int?
    if !kind.isForJobsOnly, number(0...1) == 0 {
      let first = Int64(number(0...9))
      tasks = [TaskRange(first: first, last: first + Int64(number(0...9)), isFrames: number(0...1) == 0)]
      block = number(0...1)
    }
    driver.operate(kind, id, block: block, tasks: tasks)
    did = "\(kind.word) of \(id) block \(block ?? -1) tasks \(tasks)"
  }

  private mutating func connect() {
    let agent = number(0...agents.count - 1)
    agents[agent].connection = driver.connection()
    let all = agents[agent].runs.merging(agents[agent].finished) { a, _ in a }
    driver.apply(
      .renderRegistered(
        RenderRegistration(
          name: agents[agent].name, agent: agents[agent].name, user: ["anna", "ben"][agent % 2], capacity: [1000, 2500][agent % 2],
          maxTasks: Int32(1 + agent), services: [[], ["nuke"], ["generic", "nuke"]][agent % 3],
          nimby: number(0...9) == 0 ? .nimby : [], runs: all.keys.sorted().map { RunReport(lease: $0, key: all[$0]!) }),
        connection: agents[agent].connection!))
    agents[agent].id = driver.farm.render(named: agents[agent].name)!
    let keep = Set(driver.kept ?? [])
    agents[agent].runs = agents[agent].runs.filter { keep.contains($0.key) }
    agents[agent].finished = agents[agent].finished.filter { keep.contains($0.key) }
    did = "\(agents[agent].name) registers"
    // Results that waited are delivered.
    for (lease, key) in agents[agent].finished.sorted(by: { $0.key < $1.key }) {
      deliver()
      driver.apply(.runFinished(agents[agent].id, lease, key, RunResult(outcome: .success)))
    }
  }

  private mutating func disconnect() {
    let agent = number(0...agents.count - 1)
    guard let connection = agents[agent].connection else { return }
    agents[agent].connection = nil
    driver.apply(.renderDisconnected(agents[agent].id, connection: connection))
    did = "\(agents[agent].name) loses its connection"
  }

  private mutating func leave() {
    let agent = number(0...agents.count - 1)
    guard let connection = agents[agent].connection else { return }
    let ejected = number(0...1) == 0
    agents[agent].connection = nil
    if ejected { agents[agent].runs = [:] }
    driver.apply(.renderLeft(agents[agent].id, connection: connection, ejected: ejected))
    did = "\(agents[agent].name) leaves"
  }

  private mutating func operateRenders() {
    let operation = RenderOperation.allCases[number(0...RenderOperation.allCases.count - 1)]
    driver.operateRenders(operation, agents[number(0...agents.count - 1)].name)
    did = "\(operation)"
  }

  private mutating func restartServer() {
    driver.restart()
    for agent in agents.indices { agents[agent].connection = nil }
    driver.apply(.listening)
    did = "the server restarts"
  }

  private mutating func time() {
    let effects = driver.advance(.seconds(Int64(number(1...20))))
    for case .drop(let connection, _) in effects {
      for agent in agents.indices where agents[agent].connection == connection { agents[agent].connection = nil }
    }
    did = "time passes"
  }

  /// An agent's keeper dies and takes all with it.
  private mutating func forget() {
    let agent = number(0...agents.count - 1)
    agents[agent].runs = [:]
    agents[agent].finished = [:]
    if let connection = agents[agent].connection {
      agents[agent].connection = nil
      driver.apply(.renderDisconnected(agents[agent].id, connection: connection))
    }
    did = "\(agents[agent].name) forgets"
  }

  private mutating func alive() {
    for agent in agents where agent.connection != nil { driver.apply(.renderAlive(agent.id, nil)) }
    did = "signs of life"
  }

  /// Hands the effects of the last command to the agents.
  private mutating func deliver() {
    for effect in driver.last {
      switch effect {
      case .start(let render, let start):
        if let agent = agents.firstIndex(where: { $0.id == render && $0.connection != nil }) {
          agents[agent].runs[start.lease] = start.key
        }
      case .stop(let render, let lease):
        guard let agent = agents.firstIndex(where: { $0.id == render }), let key = agents[agent].runs.removeValue(forKey: lease)
        else { continue }
        agents[agent].finished[lease] = key
      case .acknowledge(let render, let lease):
        if let agent = agents.firstIndex(where: { $0.id == render }) { agents[agent].finished[lease] = nil }
      case .drop(let connection, _):
        for agent in agents.indices where agents[agent].connection == connection { agents[agent].connection = nil }
      default: break
      }
    }
  }
}
