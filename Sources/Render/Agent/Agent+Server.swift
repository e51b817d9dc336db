import Logging
import Model
import NIOCore
import Wire

/// What an agent does at intervals while it is registered.
struct Rhythm {
  /// Seconds; 0: not registered yet.
  private(set) var heartbeat: Int32 = 0
  private(set) var resources: Int32 = 0
  var timers: [RepeatedTask] = []

  mutating func stop() {
    for timer in timers { timer.cancel() }
    timers.removeAll()
    heartbeat = 0
    resources = 0
  }

  /// - Returns: whether these are others than before; then the timers have been stopped.
  mutating func change(heartbeat: Int32, resources: Int32) -> Bool {
    let heartbeat = max(1, heartbeat)
    let resources = max(1, resources)
    guard self.heartbeat != heartbeat || self.resources != resources else { return false }
    stop()
    self.heartbeat = heartbeat
    self.resources = resources
    return true
  }
}

/// Since when an agent has nothing to do, and when it has enough of that (`exit_no_task_time` of its pool).
struct Idleness {
  /// Seconds; 0: it stays for ever.
  var limit: Int32 = 0
  /// Monotonic milliseconds; nil: it is busy, or not registered.
  var since: Int64?
  var timer: Scheduled<Void>?
}

// The agent and its server.
extension Agent {
  /// One connection to the server, from the first word to the last.
  func serve() async throws {
    connection += 1
    let number = connection
    let closed = loop.makePromise(of: String.self)
    let opened: ServerConnection
    do {
      opened = try await ServerConnection.connect(
        to: options.server, kind: .render, user: options.user, host: options.name, knownServers: options.knownServers, group: loop,
        onFrame: { frame in self.assumeIsolated { $0.receive(frame, of: number) } },
        onClose: { reason in closed.succeed(reason) })
    } catch {
      closed.succeed("")
      throw error
    }
    if let fingerprint = opened.firstMet { log.notice("met the server at \(options.server) for the first time: \(fingerprint)") }
    guard !isLeaving else { return await opened.close() }
    server = opened
    send(.register(registration()))
    // The answer waits for the server's disk. Until it comes, signs of life keep the tasks of this render from being given away.
    every(seconds: 4) { $0.send(.alive(WireAlive())) }
    lastReason = (try? await closed.futureResult.get()) ?? ""
    disconnected()
    if let refusal, !wasEverAccepted {
      throw Failure(.notPermitted, refusal.message)
    }
    refusal = nil
  }

  private func registration() -> WireRenderRegister {
    var register = WireRenderRegister()
    register.name = options.name
    register.agent = identity
    register.user = options.user
    register.version = ProtocolVersion.program
    register.os = OperatingSystem.text
    register.capacity = options.capacity
    register.maxTasks = options.maxTasks
    // None named means all: what this machine has no service for runs as "generic". Which services a render may run is for
    // whoever runs the farm to say.
    register.interfaces = NetworkInterface.ofThisMachine().map { WireInterface($0) }
    if let resources { register.resources = WireResources(resources) }
    register.nimby = options.nimby.rawValue
    register.runs = table.reports.map { WireRunReport($0) }
    return register
  }

  private func receive(_ frame: WireServerFrame, of number: Int) {
    // Who leaves takes nothing more: what is on its way goes back on the queue when the server hears of that.
    guard number == connection, !isLeaving else { return }
    switch frame.content {
    case .accepted(let accepted): self.accepted(accepted)
    case .events(let events) where isAccepted:
      if events.hasConfigure { configure(events.configure) }
      table.take(events)
      if events.sleep { fallAsleep() }
    case .refusal(let refusal): self.refusal = refusal
    default: break
    }
    act()
  }

  private func accepted(_ accepted: WireRenderAccepted) {
    isAccepted = true
    wasEverAccepted = true
    forgetTrouble()
    announce("reeve-render: \(options.name) registered with \(options.server)")
    log.info("registered with \(options.server) as render \(accepted.render)")
    table.registered(keep: Set(accepted.keep.map { Lease($0) }))
    // How long to stay without tasks is said behind it, where the pool says anything.
    idleness.limit = 0
    beat(heartbeat: accepted.heartbeatSeconds, resources: accepted.resourcesSeconds, zombie: accepted.zombieSeconds)
  }

  private func configure(_ configuration: WireRenderConfigure) {
    beat(heartbeat: configuration.heartbeat, resources: configuration.resources, zombie: configuration.zombie)
    idleness.limit = max(0, configuration.exitNoTask)
    // What was to come by the old limit comes by the new one.
    idleness.timer?.cancel()
    idleness.timer = nil
    log.debug(
      "configured: a sign of life each \(rhythm.heartbeat) s, measurements each \(rhythm.resources) s, \(idleness.limit) s without tasks (0: any)"
    )
  }

  /// - Parameter zombie: the server calls an agent dead after so long without a sign; the agent likewise its server.
  private func beat(heartbeat: Int32, resources: Int32, zombie: Int32) {
    if zombie > 0 { server?.expectConfirmation(within: zombie) }
    guard rhythm.change(heartbeat: heartbeat, resources: resources) else { return }
    every(seconds: rhythm.heartbeat) { $0.send(.alive(WireAlive())) }
    every(seconds: rhythm.resources) { agent in Task { await agent.measure() } }
  }

  private func every(seconds: Int32, _ body: @escaping @Sendable (isolated Agent) -> Void) {
    let span = TimeAmount.seconds(Int64(seconds))
    rhythm.timers.append(
      loop.scheduleRepeatedTask(initialDelay: span, delay: span) { _ in self.assumeIsolated { body($0) } })
  }

  private func disconnected() {
    server = nil
    isAccepted = false
    rhythm.stop()
    table.disconnected()
    act()
  }

  /// Measures the machine and the tasks, and tells both in one frame: what a task has is missing in what the machine has free.
  private func measure() async {
    guard let taken = await measurements.take(leaders: table.leaders) else { return }
    resources = taken.resources
    guard isAccepted else { return }
    hasNewResources = true
    table.measured(taken.memory)
    table.tellProgress()
    act()
  }

  func send(_ content: WireClientFrame.OneOf_Content) {
    var frame = WireClientFrame()
    frame.content = content
    server?.send(frame)
  }

  // MARK: - Without tasks

  /// Begins or ends to count the time without tasks. A server that is away gives none: that time does not count.
  func watchIdleness() {
    guard isAccepted, table.isEmpty else {
      guard idleness.since != nil else { return }
      idleness.since = nil
      idleness.timer?.cancel()
      idleness.timer = nil
      return
    }
    let since = idleness.since ?? Clock.monotonicMilliseconds
    idleness.since = since
    guard idleness.limit > 0, idleness.timer == nil, !isLeaving else { return }
    let left = max(0, since + Int64(idleness.limit) * 1000 - Clock.monotonicMilliseconds)
    idleness.timer = loop.scheduleTask(in: .milliseconds(left)) { self.assumeIsolated { $0.leaveIdle() } }
  }

  private func leaveIdle() {
    idleness.timer = nil
    guard idleness.since != nil, !isLeaving else { return }
    announce("reeve-render: \(options.name) had no task for \(idleness.limit) s (exit_no_task_time of its pool): leaving")
    Task { await self.leave() }
  }
}
