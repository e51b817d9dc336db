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
///
/// What it says to the keeper stands in `Agent+Keeper.swift`, to the server in `Agent+Server.swift`; what it does for the table in
/// `Agent+Doing.swift`.
actor Agent {
  nonisolated let loop: any EventLoop
  private nonisolated let loopExecutor: any SerialExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { loopExecutor.asUnownedSerialExecutor() }

  let options: AgentOptions
  let log: Logger
  let pool: NIOThreadPool
  let measurements: Measurements
  let identity: String
  let announce: @Sendable (String) -> Void

  var table: RunTable
  var keeper: KeeperLink?
  /// The keeper has said what it has. Nothing is asked of it before: what the table wanted meanwhile it wants again then.
  var isListed = false
  var keeperWaiter: EventLoopPromise<Void>?

  var server: ServerConnection?
  /// Counts connections: what an earlier one still says is not heard.
  var connection = 0
  var isAccepted = false
  var wasEverAccepted = false
  var refusal: WireRefusal?
  var lastReason = ""
  var rhythm = Rhythm()
  var idleness = Idleness()
  var resources: HostResources?
  /// They have not been told.
  var hasNewResources = false
  var isTellingProgress = false
  var isWaitingToWrite = false
  var isEmptyingTrash = false
  var isFallingAsleep = false
  private var backoff = Backoff()
  private var random = SystemRandomNumberGenerator()
  private(set) var isLeaving = false
  /// Ends the wait of `run` for whatever it waits for, when the agent is to leave.
  private let leaving: EventLoopPromise<Void>
  var ejected: EventLoopPromise<Void>?
  private var lastSaid = (text: "", milliseconds: Int64(0))

  /// - Parameters:
  ///   - announce: prints a line on standard output.
  /// - Throws: `FileError` when the state directory cannot be used.
  init(
    _ options: AgentOptions, catalog: ServiceCatalog, plan: TaskPlan, loop: any EventLoop, pool: NIOThreadPool, log: Logger,
    announce: @escaping @Sendable (String) -> Void
  ) throws {
    self.options = options
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
    resources = await measurements.take()?.resources
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

  /// A server may be away for a night: the same trouble is told once in ten minutes.
  private func say(_ trouble: String) {
    let now = Clock.monotonicMilliseconds
    guard trouble != lastSaid.text || now - lastSaid.milliseconds > 600_000 else { return log.debug("\(trouble)") }
    lastSaid = (trouble, now)
    log.warning("\(trouble)")
  }

  /// The server has taken this agent: what was wrong is over.
  func forgetTrouble() {
    backoff.reset()
    lastSaid.text = ""
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
        // Without tasks there is nothing that a next agent would find.
        update.ejected = options.isEjecting || table.isEmpty
        send(.update(update))
      }
      await server.close()
    }
    leaving.succeed(())
  }

  /// A wait that `leave` cuts short.
  func pause(milliseconds: Int64) async {
    let woken = loop.makePromise(of: Void.self)
    leaving.futureResult.whenComplete { _ in woken.succeed(()) }
    let timer = loop.scheduleTask(in: .milliseconds(milliseconds)) { woken.succeed(()) }
    try? await woken.futureResult.get()
    timer.cancel()
  }
}
