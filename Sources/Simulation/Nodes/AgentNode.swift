import Model
import Scheduler

/// A render machine: an agent with its keeper, as `Sources/Render` has them.
///
/// The keeper holds the processes and the records of those that ended: both live on when the agent dies, and the records (as a rule)
/// when the machine dies. The agent registers with all of them, tells results until they are acknowledged, and stops what the server
/// does not count on any more.
final class AgentNode: Node {
  private enum Wake: Int { case connect, beat, process, tell, leave }

  private struct Process {
    var key: TaskKey
    var ends: Instant
    /// What becomes of it unless somebody ends it.
    var outcome: RunOutcome
    /// It ended: how.
    var result: RunOutcome?
    var isStopAsked = false
    /// The server does not count on it any more: at its end it is forgotten.
    var isAbandoned = false
  }

  unowned let world: World
  let place: Int
  let name: String
  private let user: String
  private let capacity: Int32
  private let maxTasks: Int32
  private let services: [String]
  private(set) var isUp = false
  private var connection: Int?
  private var attempt: Int?
  private var isAccepted = false
  private var heartbeat = Span.seconds(4)
  private var beats: UInt64 = 0
  /// Milliseconds.
  private var backoff = 100
  private var chance: Seeded
  /// In the keeper.
  private var processes: [Lease: Process] = [:]

  // To be in the way.
  private var told: [(Lease, TaskKey)] = []
  private var falseReports: [RunReport] = []
  private var hasLied = false
  private var silentUntil = Instant.never

  init(_ world: World, _ place: Int, user: String, capacity: Int32, maxTasks: Int32, services: [String]) {
    self.world = world
    self.place = place
    name = "render\(place - 1)"
    self.user = user
    self.capacity = capacity
    self.maxTasks = maxTasks
    self.services = services
    chance = Seeded(world.seed, 100 + UInt64(place))
  }

  private var leases: [Lease] { processes.keys.sorted() }

  /// For a report.
  func says(of lease: Lease) -> String? {
    guard let process = processes[lease] else { return nil }
    return
      "\(name) has it, \(process.result.map { "ended: \($0)" } ?? "ends at \(World.text(process.ends))")\(process.isAbandoned ? ", abandoned" : "")"
  }

  // MARK: - Life and death

  func start() {
    isUp = true
    backoff = 100
    // What ended meanwhile the keeper has noted.
    for lease in leases { look(lease) }
    world.alarm(Alarm(kind: Wake.connect.rawValue), of: place, at: world.now + chance.span(0...1000))
  }

  func crash(_ depth: CrashDepth) {
    if depth == .keeper { return keeperDies() }
    isUp = false
    connection = nil
    attempt = nil
    isAccepted = false
    told = []
    falseReports = []
    silentUntil = .never
    guard depth == .machine else { return }
    for lease in leases {
      // What was written last may be lost; of what ran, the next keeper finds the folder or nothing.
      if chance.chance(1, in: processes[lease]?.result == nil ? 2 : 4) {
        processes[lease] = nil
      } else if processes[lease]?.result == nil {
        end(lease, .lost)
      }
    }
  }

  /// All processes are gone; the agent finds out and says so.
  private func keeperDies() {
    guard isUp else { return }
    world.trace("the keeper of \(name) dies")
    for lease in leases where processes[lease]?.result == nil {
      end(lease, .lost)
      tell(lease)
    }
  }

  func heal() {
    silentUntil = .never
    falseReports = []
    // What it said that was not so is not found out before it registers again.
    if hasLied, let connection {
      world.close(connection, byServer: false)
      closed(connection)
    }
    hasLied = false
    for lease in leases { tell(lease) }
  }

  // MARK: - Its server

  func opened(_ opened: Int) {
    attempt = nil
    connection = opened
    isAccepted = false
    var registration = RenderRegistration(
      name: name, agent: "agent of \(name)", user: user, address: "10.0.0.\(place)", capacity: capacity, maxTasks: maxTasks,
      services: services, interfaces: [NetworkInterface(name: "eth0", mac: "02:00:00:00:00:\(10 + place)", addresses: [])])
    registration.runs = leases.compactMap { lease in
      processes[lease].flatMap { $0.isAbandoned ? nil : RunReport(lease: lease, key: $0.key) }
    }
    registration.runs += falseReports
    falseReports = []
    world.send(.register(registration), on: opened, fromServer: false)
    heartbeat = .seconds(4)
    beatAgain()
  }

  func failed(_ failed: Int) {
    attempt = nil
    comeBack()
  }

  func closed(_ closed: Int) {
    if attempt == closed { attempt = nil } else { guard connection == closed else { return } }
    connection = nil
    isAccepted = false
    comeBack()
  }

  private func comeBack() {
    world.alarm(Alarm(kind: Wake.connect.rawValue), of: place, at: world.now + chance.span(0...backoff))
    backoff = min(10_000, backoff * 2)
  }

  func take(_ frame: Frame, from: Int) {
    guard isUp, from == connection else { return }
    switch frame {
    case .accepted(_, let keep): accepted(Set(keep))
    case .refused:
      world.close(from, byServer: false)
      closed(from)
    case .configure(let configuration): heartbeat = .seconds(Int64(max(1, configuration.heartbeat)))
    case .start(let start): begin(start)
    case .stop(let lease): stop(lease)
    case .acknowledge(let lease): acknowledged(lease)
    default: break
    }
  }

  private func accepted(_ keep: Set<Lease>) {
    isAccepted = true
    backoff = 100
    for lease in leases {
      if keep.contains(lease) { tell(lease) } else { abandon(lease) }
    }
  }

  private func begin(_ start: RunStart) {
    guard isAccepted, processes[start.lease] == nil else { return }
    let fate = world.fate(of: start)
    processes[start.lease] = Process(key: start.key, ends: world.now + fate.lasts, outcome: fate.outcome)
    world.send(.started(start.lease), on: connection ?? -1, fromServer: false)
    look(start.lease)
  }

  private func stop(_ lease: Lease) {
    guard let process = processes[lease], process.result == nil, !process.isStopAsked else { return }
    processes[lease]?.isStopAsked = true
    // It has its grace, and may end by itself in it.
    let ends = world.now + chance.span(0...3000)
    if ends < process.ends {
      processes[lease]?.ends = ends
      processes[lease]?.outcome = .stopped
      look(lease)
    }
  }

  private func abandon(_ lease: Lease) {
    guard let process = processes[lease] else { return }
    if process.result != nil {
      processes[lease] = nil
    } else {
      processes[lease]?.isAbandoned = true
      stop(lease)
    }
  }

  private func acknowledged(_ lease: Lease) {
    world.promises.heardAcknowledgement(of: lease)
    abandon(lease)
  }

  private func tell(_ lease: Lease) {
    guard isAccepted, let connection, let process = processes[lease], let result = process.result, !process.isAbandoned else {
      return
    }
    if silentUntil > world.now {
      return world.alarm(Alarm(kind: Wake.tell.rawValue, number: lease.value), of: place, at: silentUntil)
    }
    told.append((lease, process.key))
    if told.count > 40 { told.removeFirst() }
    world.send(.finished(lease, process.key, RunResult(outcome: result)), on: connection, fromServer: false)
  }

  // MARK: - Time

  func wake(_ alarm: Alarm) {
    switch Wake(rawValue: alarm.kind) {
    case .connect:
      guard connection == nil, attempt == nil else { return }
      attempt = world.connect(place)
    case .beat:
      guard let connection, alarm.number == beats else { return }
      world.send(.alive(chance.chance(1, in: 8) ? measured() : nil), on: connection, fromServer: false)
      if chance.chance(1, in: 8) { tellProgress() }
      beatAgain()
    case .process: look(Lease(alarm.number))
    case .tell: tell(Lease(alarm.number))
    case .leave:
      guard let connection else { return }
      world.close(connection, byServer: false)
      closed(connection)
    case nil: break
    }
  }

  private func beatAgain() {
    beats += 1
    world.alarm(Alarm(kind: Wake.beat.rawValue, number: beats), of: place, at: world.now + heartbeat)
  }

  private func measured() -> HostResources {
    var resources = HostResources()
    resources.cpuPercent = Int32(chance.number(0...100))
    (resources.memoryTotalMB, resources.memoryFreeMB) = (64_000, Int64(chance.number(1000...64_000)))
    return resources
  }

  private func tellProgress() {
    guard isAccepted, let connection, let lease = leases.first(where: { processes[$0]?.result == nil }) else { return }
    let progress = RunProgress(
      percent: Int32(chance.number(0...99)), frame: Int32(chance.number(0...30)), activity: "works",
      hasWarning: chance.chance(1, in: 10))
    world.send(.progressed(lease, progress), on: connection, fromServer: false)
  }

  /// Whether a process has come to its end.
  private func look(_ lease: Lease) {
    guard let process = processes[lease], process.result == nil else { return }
    guard process.ends <= world.now else {
      return world.alarm(Alarm(kind: Wake.process.rawValue, number: lease.value), of: place, at: process.ends)
    }
    end(lease, process.outcome)
    if processes[lease]?.isAbandoned == true { processes[lease] = nil } else { tell(lease) }
  }

  private func end(_ lease: Lease, _ outcome: RunOutcome) {
    processes[lease]?.result = outcome
    world.promises.ended(lease, outcome)
  }

  // MARK: - Lies

  func lie(_ lie: Fault.Lie, for duration: Span, _ chance: inout Seeded) {
    guard isUp, isAccepted, let connection else { return }
    let success = RunResult(outcome: .success)
    switch lie {
    case .again:
      for (lease, key) in told.suffix(chance.number(1...20)) {
        world.send(.finished(lease, key, success), on: connection, fromServer: false)
      }
    case .foreign:
      guard let farm = world.server?.farm else { return }
      let others = farm.renderIDs().flatMap { farm.render($0)?.running ?? [] }
      for key in others {
        guard let lease = farm.lease(of: key), processes[lease] == nil else { continue }
        world.send(.finished(lease, key, success), on: connection, fromServer: false)
      }
      world.send(
        .finished(
          Lease(UInt64(chance.number(1...10_000)) + 1_000_000), TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(0)),
          success),
        on: connection, fromServer: false)
    case .wrongKey:
      guard let lease = leases.first(where: { processes[$0]?.result == nil }), let key = processes[lease]?.key else { return }
      let wrong = TaskKey(job: key.job, block: key.block, task: TaskIndex(key.task.value + 1))
      world.send(.finished(lease, wrong, success), on: connection, fromServer: false)
    case .falseReports:
      hasLied = true
      falseReports = told.suffix(5).map { RunReport(lease: $0.0, key: $0.1) }
      if let farm = world.server?.farm {
        let others = farm.renderIDs().flatMap { farm.render($0)?.running ?? [] }
        falseReports += others.prefix(6).compactMap { key in farm.lease(of: key).map { RunReport(lease: $0, key: key) } }
      }
      // Some of its own are lost, and it says that they run.
      for lease in leases where processes[lease]?.result == nil && chance.chance(1, in: 2) {
        if let key = processes[lease]?.key { falseReports.append(RunReport(lease: lease, key: key)) }
        processes[lease] = nil
      }
      world.close(connection, byServer: false)
      closed(connection)
    case .late: silentUntil = world.now + duration
    case .leaving:
      world.send(.leaving(ejected: chance.chance(1, in: 2)), on: connection, fromServer: false)
      world.alarm(Alarm(kind: Wake.leave.rawValue), of: place, at: world.now + chance.span(0...20_000))
    }
  }
}
