import Files
import Glibc
import Identity
import Logging
import Model
import NIOCore
import NIOPosix
import Wire

/// The agent: the shell around `RunTable`. It owns the connections to the server and to the keeper, and the timers; all of it on one
/// event loop, which is the actor's executor.
actor Agent {
  private nonisolated let loop: any EventLoop
  private nonisolated let loopExecutor: any SerialExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { loopExecutor.asUnownedSerialExecutor() }

  private let options: AgentOptions
  private let catalog: ServiceCatalog
  private let log: Logger
  private let pool: NIOThreadPool
  private let measurements: Measurements
  private let identity: String
  private let announce: @Sendable (String) -> Void

  private var table: RunTable
  private var keeper: KeeperLink?
  /// The keeper has said what it has. Nothing is asked of it before: what the table wanted meanwhile it wants again then.
  private var isListed = false
  private var keeperWaiter: EventLoopPromise<Void>?

  private var server: ServerConnection?
  /// Counts connections: what an earlier one still says is not heard.
  private var connection = 0
  private var isAccepted = false
  private var wasEverAccepted = false
  private var refusal: WireRefusal?
  private var timers: [RepeatedTask] = []
  private var resources: HostResources?
  private var isTellingProgress = false
  private var isWaitingToWrite = false
  private var isEmptyingTrash = false
  private var backoff = Backoff()
  private var random = SystemRandomNumberGenerator()
  private var isLeaving = false
  /// Ends the wait of `run` for whatever it waits for, when the agent is to leave.
  private let leaving: EventLoopPromise<Void>
  private var ejected: EventLoopPromise<Void>?

  /// - Parameters:
  ///   - announce: prints a line on standard output.
  /// - Throws: `FileError` when the state directory cannot be used.
  init(
    _ options: AgentOptions, catalog: ServiceCatalog, plan: TaskPlan, loop: any EventLoop, pool: NIOThreadPool, log: Logger,
    announce: @escaping @Sendable (String) -> Void
  ) throws {
    self.options = options
    self.catalog = catalog
    self.loop = loop
    self.pool = pool
    self.log = log
    self.announce = announce
    loopExecutor = loop.executor
    leaving = loop.makePromise()
    identity = try AgentIdentity.loadOrCreate(options.folder.agentID)
    measurements = Measurements(diskPath: options.diskPath, path: plan.environment["PATH"] ?? "/usr/bin:/bin", pool: pool)
    table = RunTable(catalog: catalog, plan: plan, graceMilliseconds: options.graceMilliseconds)
  }

  // MARK: - Life

  /// Runs until `leave`.
  ///
  /// - Throws: `Failure` when the keeper cannot be started or the server will not have this agent.
  func run() async throws {
    do {
      try await work()
    } catch {
      await end()
      throw error
    }
    await end()
  }

  private func end() async {
    isLeaving = true
    leaving.succeed(())
    await keeper?.close()
  }

  private func work() async throws {
    emptyTrashSoon()
    try await findKeeper()
    resources = await measurements.take()
    while !isLeaving {
      do {
        try await serve()
        if !isLeaving { say("the connection to \(options.server) ended: \(lastReason); trying again") }
      } catch let failure as Failure {
        if !wasEverAccepted, failure.code == .notPermitted || failure.code == .usage { throw failure }
        say(failure.message)
      }
      if !isLeaving { await pause(milliseconds: backoff.next(using: &random)) }
    }
  }

  private var lastReason = ""
  private var lastSaid = (text: "", milliseconds: Int64(0))

  /// A server may be away for a night: the same trouble is told once in ten minutes.
  private func say(_ trouble: String) {
    let now = Clock.monotonicMilliseconds
    guard trouble != lastSaid.text || now - lastSaid.milliseconds > 600_000 else { return log.debug("\(trouble)") }
    lastSaid = (trouble, now)
    log.warning("\(trouble)")
  }

  /// Tasks go on under the keeper, or are ended first when the agent was told so at its start. `run` returns then.
  func leave() async {
    guard !isLeaving else { return }
    if options.isEjecting, table.hasRunning {
      log.notice("stopping all tasks")
      let done = loop.makePromise(of: Void.self)
      ejected = done
      table.stopAll()
      act()
      // The keeper kills what does not leave in its grace; beyond that nothing is to be had by waiting.
      let limit = loop.scheduleTask(in: .milliseconds(Int64(options.graceMilliseconds) + 5000)) { done.succeed(()) }
      try? await done.futureResult.get()
      limit.cancel()
    }
    isLeaving = true
    if let server {
      if isAccepted {
        var update = WireRenderUpdate()
        update.leaving = true
        update.ejected = options.isEjecting
        send(.update(update))
      }
      await server.close()
    }
    leaving.succeed(())
  }

  /// A wait that `leave` cuts short.
  private func pause(milliseconds: Int64) async {
    let woken = loop.makePromise(of: Void.self)
    leaving.futureResult.whenComplete { _ in woken.succeed(()) }
    let timer = loop.scheduleTask(in: .milliseconds(milliseconds)) { woken.succeed(()) }
    try? await woken.futureResult.get()
    timer.cancel()
  }

  // MARK: - The keeper

  private func openKeeper() async throws {
    isListed = false
    let listed = loop.makePromise(of: Void.self)
    keeperWaiter = listed
    do {
      keeper = try await KeeperLink.open(
        options.folder, program: options.program, loop: loop, pool: pool,
        onReport: { report in self.assumeIsolated { $0.receive(report) } },
        onPause: { self.assumeIsolated { $0.act() } },
        onClose: { self.assumeIsolated { $0.keeperClosed() } })
    } catch {
      keeperWaiter = nil
      listed.succeed(())
      throw error
    }
    // Asked for only now that there is somebody to answer: what is found is read on at once.
    keeper?.write(.list)
    keeper?.flush()
    do { try await listed.futureResult.get() } catch {
      keeper = nil
      throw error
    }
  }

  /// The one that is there may be about to leave, having nothing to keep: then there will be another.
  private func findKeeper() async throws {
    for _ in 0..<10 {
      do { return try await openKeeper() } catch is KeeperWentAway { await pause(milliseconds: 100) }
    }
    throw Failure(.failed, "the keeper leaves as soon as it is there (its words are in \(options.folder.keeperLog))")
  }

  private struct KeeperWentAway: Error {}

  private func receive(_ report: KeeperReport) {
    table.take(report)
    if case .listed = report {
      isListed = true
      table.keeperFound()
      keeperWaiter?.succeed(())
      keeperWaiter = nil
    }
  }

  /// It never leaves while an agent is connected: it was killed, and with it all tasks.
  private func keeperClosed() {
    keeper = nil
    isListed = false
    let waiter = keeperWaiter
    keeperWaiter = nil
    if let waiter { return waiter.fail(KeeperWentAway()) }
    guard !isLeaving else { return }
    log.error("the keeper is gone: its tasks are lost; starting another one")
    table.keeperLost()
    act()
    Task { await self.reopenKeeper() }
  }

  private func reopenKeeper() async {
    while !isLeaving, keeper == nil {
      do { try await findKeeper() } catch {
        log.error("\(error)")
        await pause(milliseconds: 5000)
      }
    }
  }

  // MARK: - The server

  /// One connection to the server, from the first word to the last.
  private func serve() async throws {
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
    guard number == connection else { return }
    switch frame.content {
    case .accepted(let accepted): self.accepted(accepted)
    case .events(let events) where isAccepted: table.take(events)
    case .refusal(let refusal): self.refusal = refusal
    default: break
    }
    act()
  }

  private func accepted(_ accepted: WireRenderAccepted) {
    isAccepted = true
    wasEverAccepted = true
    backoff.reset()
    lastSaid.text = ""
    announce("reeve-render: \(options.name) registered with \(options.server)")
    log.info("registered with \(options.server) as render \(accepted.render)")
    table.registered(keep: Set(accepted.keep.map { Lease($0) }))
    for timer in timers { timer.cancel() }
    timers.removeAll()
    every(seconds: accepted.heartbeatSeconds) { $0.send(.alive(WireAlive())) }
    every(seconds: accepted.resourcesSeconds) { agent in Task { await agent.tellResources() } }
  }

  private func every(seconds: Int32, _ body: @escaping @Sendable (isolated Agent) -> Void) {
    let span = TimeAmount.seconds(Int64(max(1, seconds)))
    timers.append(
      loop.scheduleRepeatedTask(initialDelay: span, delay: span) { _ in self.assumeIsolated { body($0) } })
  }

  private func disconnected() {
    server = nil
    isAccepted = false
    for timer in timers { timer.cancel() }
    timers.removeAll()
    table.disconnected()
    act()
  }

  private func tellResources() async {
    resources = await measurements.take()
    guard let resources, isAccepted else { return }
    var update = WireRenderUpdate()
    update.resources = WireResources(resources)
    send(.update(update))
  }

  private func send(_ content: WireClientFrame.OneOf_Content) {
    var frame = WireClientFrame()
    frame.content = content
    server?.send(frame)
  }

  // MARK: - Doing

  /// Does what the table wants done.
  private func act() {
    let actions = table.takeActions()
    if !actions.isEmpty { perform(actions) }
    if let ejected, !table.hasRunning {
      self.ejected = nil
      ejected.succeed(())
    }
    if table.hasNewProgress { tellProgressSoon() }
  }

  private func perform(_ actions: [RunTable.Action]) {
    var updates: [WireRunUpdate] = []
    func flushUpdates() {
      guard !updates.isEmpty else { return }
      var update = WireRenderUpdate()
      update.runs = updates
      updates.removeAll()
      send(.update(update))
    }
    for action in actions {
      switch action {
      case .keeper(let request): if isListed { keeper?.write(request) }
      case .update(let update): updates.append(update)
      case .output(let output):
        flushUpdates()
        send(.output(output))
      case .emptyTrash: emptyTrashSoon()
      }
    }
    flushUpdates()
    keeper?.flush()
    waitToWrite()
  }

  /// Output is sent no faster than the server reads.
  private func waitToWrite() {
    guard let server, !server.isWritable, !isWaitingToWrite else { return }
    isWaitingToWrite = true
    table.setCongested(true)
    Task {
      var frame = WireClientFrame()
      frame.content = .alive(WireAlive())
      try? await server.sendAndWait(frame)
      self.isWaitingToWrite = false
      self.table.setCongested(false)
      self.act()
    }
  }

  private func tellProgressSoon() {
    guard !isTellingProgress else { return }
    isTellingProgress = true
    loop.scheduleTask(in: .milliseconds(500)) {
      self.assumeIsolated { agent in
        agent.isTellingProgress = false
        agent.table.tellProgress()
        agent.act()
      }
    }
  }

  /// Soon, not at once: a farm of short tasks forgets a thousand folders a second, and hardly one holds anything.
  private func emptyTrashSoon() {
    guard !isEmptyingTrash else { return }
    isEmptyingTrash = true
    loop.scheduleTask(in: .seconds(2)) { self.assumeIsolated { $0.emptyTrash() } }
  }

  private func emptyTrash() {
    let folder = options.folder
    Task {
      try? await pool.runIfActive { Trash.empty(folder.trash) }
      self.isEmptyingTrash = false
    }
  }
}
