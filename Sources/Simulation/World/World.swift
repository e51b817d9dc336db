import Model
import Scheduler

/// A farm of programs on a simulated clock, network and disk, all of it from one seed: the same seed gives the same run, to the last
/// frame.
///
/// It knows its nodes as `Node` only, the server being the first. What they do is a list of events in the order of time; one event
/// is a step. What must hold is checked after each; the first thing that does not ends the run.
final class World {
  static let beginning = Instant(seconds: 1_700_000_000)

  enum Event {
    case deliver(Int, toServer: Bool, sent: Instant, Frame)
    /// A client's attempt reaches the server.
    case arrive(Int)
    case established(Int)
    case refused(Int)
    /// An end of a connection hears that it is over.
    case closed(Int, atServer: Bool)
    case alarm(node: Int, life: Int, Alarm)
    case restart(node: Int, life: Int)
    case fault(Int)
  }

  let seed: UInt64
  let options: WorldOptions
  private(set) var now = World.beginning
  private var queue = EventQueue<Event>()
  var nodes: [any Node] = []
  /// Grow with each crash: what was asked for before is for nobody.
  private var lives: [Int] = []
  /// Suspended until then: what comes for it waits.
  private var frozen: [Instant] = []
  var network: Network
  /// What people and agents were told, and may rely on.
  var promises = Promises()
  var faults: [Fault] = []
  /// Of the machine of the server; counts at its next start.
  var wallClock = Span(microseconds: 0)
  private var chance: Seeded

  private(set) var violation: String?
  private(set) var steps = 0
  private(set) var applied = 0
  private var lines: [String] = []
  private var nextLine = 0

  init(seed: UInt64, _ options: WorldOptions) {
    self.seed = seed
    self.options = options
    chance = Seeded(seed, 1)
    network = Network(Seeded(seed, 3))
  }

  /// - Returns: its place.
  func add(_ make: (Int) -> any Node) -> Int {
    let place = nodes.count
    nodes.append(make(place))
    lives.append(0)
    frozen.append(.never)
    network.links.append(Link())
    return place
  }

  func plan(_ all: [Fault], only: Set<Int>?) {
    faults = all.filter { only?.contains($0.number) ?? true }
    for (place, fault) in faults.enumerated() { queue.add(.fault(place), at: fault.at) }
  }

  // MARK: - Steps

  /// Goes on until a moment, or until something does not hold.
  func run(until end: Instant, while goesOn: () -> Bool = { true }) {
    while violation == nil, let (at, event) = queue.pop() {
      if at > end {
        queue.add(event, at: at)
        now = end
        return
      }
      now = at
      steps += 1
      happen(event)
      if !goesOn() { return }
    }
  }

  private func happen(_ event: Event) {
    let node: Int
    switch event {
    case .deliver(let connection, let toServer, _, _): node = toServer ? 0 : network.connections[connection].client
    case .closed(let connection, let atServer): node = atServer ? 0 : network.connections[connection].client
    case .arrive: node = 0
    case .established(let connection), .refused(let connection): node = network.connections[connection].client
    case .alarm(let place, _, _): node = place
    case .restart(let place, let life):
      guard lives[place] == life, !nodes[place].isUp else { return }
      trace("\(nodes[place].name) starts")
      return nodes[place].start()
    case .fault(let place): return strike(faults[place])
    }
    if frozen[node] > now { return queue.add(event, at: frozen[node]) }
    happen(event, to: nodes[node])
  }

  private func happen(_ event: Event, to node: any Node) {
    switch event {
    case .deliver(let connection, let toServer, let sent, let frame):
      guard network.connections[connection].takes(toServer: toServer, sent: sent) else { return }
      trace("\(node.name) gets \(frame) on \(connection)")
      node.take(frame, from: connection)
    case .arrive(let connection):
      guard node.isUp else {
        return queue.add(.refused(connection), at: now + network.latency(to: connection, toServer: false, now))
      }
      network.connections[connection].isOpenAtServer = true
      node.opened(connection)
      queue.add(.established(connection), at: network.moment(connection, toServer: false, now))
    case .established(let connection):
      guard network.connections[connection].isWanted else { return }
      network.connections[connection].isOpenAtClient = true
      node.opened(connection)
    case .refused(let connection):
      guard network.connections[connection].isWanted else { return }
      network.connections[connection].isWanted = false
      node.failed(connection)
    case .closed(let connection, let atServer):
      guard network.connections[connection].end(atServer: atServer) else { return }
      trace("\(node.name) hears that connection \(connection) is over")
      node.closed(connection)
    case .alarm(let place, let life, let alarm):
      if lives[place] == life { node.wake(alarm) }
    case .restart, .fault: break
    }
  }

  // MARK: - For nodes

  func alarm(_ alarm: Alarm, of node: Int, at moment: Instant) {
    queue.add(.alarm(node: node, life: lives[node], alarm), at: max(now, moment))
  }

  /// A new connection from a client to the server: it hears `opened` or `failed`.
  func connect(_ client: Int) -> Int {
    let connection = network.connections.count
    network.connections.append(Connection(client: client))
    let arrival = network.moment(connection, toServer: true, now)
    // An attempt is not waited for longer than that.
    if arrival - now > .seconds(5) {
      queue.add(.refused(connection), at: now + .seconds(5))
    } else {
      queue.add(.arrive(connection), at: arrival)
    }
    return connection
  }

  func send(_ frame: Frame, on connection: Int, fromServer: Bool) {
    guard network.connections[connection].isOpen(atServer: fromServer) else { return }
    let moment = network.moment(connection, toServer: !fromServer, now)
    queue.add(.deliver(connection, toServer: !fromServer, sent: now, frame), at: moment)
  }

  /// One end closes; the other hears of it behind what was sent before.
  func close(_ connection: Int, byServer: Bool) {
    guard network.connections[connection].end(atServer: byServer) else { return }
    queue.add(.closed(connection, atServer: !byServer), at: network.moment(connection, toServer: !byServer, now))
  }

  // MARK: - Faults

  private func strike(_ fault: Fault) {
    var chance = Seeded(fault.salt)
    trace("FAULT \(fault)")
    let until = now + fault.duration
    switch fault.kind {
    case .serverCrash(let depth): crash(0, depth, for: fault.duration)
    case .serverCrashInCommit(let rows): server?.dieInCommit(of: rows, for: fault.duration)
    case .serverStop: freeze(0, until)
    case .agentCrash(let depth): crash(fault.target, depth, for: fault.duration)
    case .agentStop: freeze(fault.target, until)
    case .cut:
      for connection in network.open(of: fault.target) { cut(connection, &chance) }
    case .partition(let toServer, let toClient):
      partition(fault.target, toServer: toServer, toClient: toClient, until, &chance)
    case .darkness:
      for client in 1..<nodes.count { partition(client, toServer: true, toClient: true, until, &chance) }
    case .slowNetwork:
      network.slowUntil = until
      network.slowness = chance.number(20...4000)
    case .slowDisk:
      server?.disk.slowUntil = until
      server?.disk.slowness = chance.span(100...8000)
    case .fullDisk: server?.disk.fullUntil = until
    case .syncFails: server?.disk.syncFailsUntil = until
    case .wallClock(let step): wallClock = wallClock + step
    case .lie(let lie): (nodes[fault.target] as? AgentNode)?.lie(lie, for: fault.duration, &chance)
    }
  }

  var server: ServerNode? { nodes[0] as? ServerNode }

  private func freeze(_ node: Int, _ until: Instant) { frozen[node] = max(frozen[node], until) }

  func crash(_ node: Int, _ depth: CrashDepth, for duration: Span) {
    guard nodes[node].isUp else { return }
    if depth == .keeper { return nodes[node].crash(depth) }
    trace("\(nodes[node].name) dies (\(depth))")
    lives[node] += 1
    frozen[node] = .never
    for connection in network.open(of: node) {
      if depth == .machine {
        // Nobody is told: the other end finds out by itself.
        guard network.connections[connection].end(atServer: node == 0) else { continue }
        let patience = chance.span(node == 0 ? 1000...20_000 : 2000...90_000)
        queue.add(.closed(connection, atServer: node != 0), at: now + patience)
      } else {
        close(connection, byServer: node == 0)
      }
      network.connections[connection].isWanted = false
    }
    nodes[node].crash(depth)
    queue.add(.restart(node: node, life: lives[node]), at: now + max(duration, .milliseconds(100)))
  }

  private func cut(_ connection: Int, _ chance: inout Seeded) {
    network.connections[connection].loseWhatIsUnderWay(since: now + Span(microseconds: -Int64(chance.number(0...5000))))
    queue.add(.closed(connection, atServer: false), at: now + chance.span(0...3000))
    // The server's end may be open for long after the client is back on another connection.
    queue.add(.closed(connection, atServer: true), at: now + chance.span(0...30_000))
  }

  private func partition(_ client: Int, toServer: Bool, toClient: Bool, _ until: Instant, _ chance: inout Seeded) {
    let (begin, patience) = (now, options.patience)
    if toServer { network.links[client].toServer = max(network.links[client].toServer, until) }
    if toClient { network.links[client].toClient = max(network.links[client].toClient, until) }
    guard until - begin > patience else { return }
    // What is not confirmed for so long ends the connection at the client's end, whichever way the confirmation was lost.
    for connection in network.open(of: client) {
      network.connections[connection].loseWhatIsUnderWay(since: begin)
      queue.add(.closed(connection, atServer: false), at: begin + patience)
      queue.add(.closed(connection, atServer: true), at: until + chance.span(0...60_000))
    }
  }

  /// Everything goes well from now on, and what is down comes back.
  func heal() {
    trace("all faults are over")
    network.heal(now)
    server?.disk.slowUntil = .never
    server?.disk.fullUntil = .never
    server?.disk.syncFailsUntil = .never
    server?.dieInCommit(of: 0, for: .seconds(0))
    for node in nodes.indices {
      frozen[node] = .never
      if nodes[node].isUp { nodes[node].heal() } else { queue.add(.restart(node: node, life: lives[node]), at: now) }
    }
  }

  // MARK: - What happened

  func fail(_ text: String) {
    guard violation == nil else { return }
    violation = text
    trace("VIOLATION \(text)")
  }

  func noteApplied() { applied += 1 }

  /// Keeps the last lines, when somebody wants to read them.
  func trace(_ text: @autoclosure () -> String) {
    guard options.traceLines > 0 else { return }
    let line = "\(Self.text(now)) \(text())"
    if lines.count < options.traceLines {
      lines.append(line)
    } else {
      lines[nextLine] = line
      nextLine = (nextLine + 1) % lines.count
    }
  }

  var traced: [String] { Array(lines[nextLine...] + lines[..<nextLine]) }

  /// Since the beginning: `1:02:03.004005`.
  static func text(_ instant: Instant) -> String {
    let all = (instant - beginning).microseconds
    let seconds = all / 1_000_000
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let rest = "\(all % 1_000_000 + 1_000_000)".dropFirst()
    return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(rest)"
  }
}

struct WorldOptions: Sendable {
  /// Lines that `World.traced` has at most; 0: none are made.
  var traceLines = 0
  /// What is not confirmed for so long ends a connection.
  var patience = Span.seconds(16)
  /// After so many commands of the farm all of its books are counted anew.
  var auditEvery = 1000
  /// When faults end, since the beginning: from then on what starts ends well.
  var faultsEnd = Span(microseconds: 0)
  var sabotage: Sabotage?
}

/// What a test breaks, to see that it is found. Nothing in the product sets it.
enum Sabotage: Sendable {
  /// The server's frames leave before what they tell is on disk.
  case acknowledgeBeforeCommit
  /// A late result counts for whatever run its task has now.
  case dropLeaseCheck
  /// A server that comes back does not know what tickets the runs hold that are out.
  case forgetTickets
}
