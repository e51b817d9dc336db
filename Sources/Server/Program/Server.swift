import Files
import Glibc
import Identity
import Logging
import Model
import NIOCore
import NIOPosix
import Scheduler
import ServiceLifecycle
import Settings
import Synchronization
import Wire

/// A server, from its lock to its last commit. Started once, stopped once.
public final class Server: Sendable {
  /// Where it listens, with the port that was picked.
  public let address: ServerAddress
  public let serverID: String

  private let lock: Mutex<FileLock?>
  private let listener: Listener
  let hall: Hall
  private let actor: FarmActor
  private let commits: CommitQueue
  private let outputs: OutputFiles
  private let groups: [MultiThreadedEventLoopGroup]
  let restart: RestartWish
  private let recorder: Recorder?
  private let log: Logger

  /// Starts a server: when this returns it takes connections.
  ///
  /// - Throws: a sentence that says what is in the way: `AlreadyRunning`, `StoreFailure`, `FileError`, `DamagedIdentity`, `CannotListen`.
  ///
  /// - Parameters:
  ///   - tail: where what is logged is kept for screens.
  ///   - prepare: called when the state directory is this server's own, before anything in it is read.
  public static func start(
    _ options: ServerOptions, log: Logger, tail: LogTail, prepare: () throws -> Void = {}
  ) async throws -> Server {
    try await start(options, log: log, tail: tail, limits: SessionLimits(), retry: CommitQueue.Retry(), prepare: prepare) {
      try options.store.open()
    }
  }

  /// For tests: other bounds, another store.
  static func start(
    _ options: ServerOptions, log: Logger, tail: LogTail = LogTail(), limits: SessionLimits, retry: CommitQueue.Retry,
    prepare: () throws -> Void = {},
    openStore: () throws -> any Store
  ) async throws -> Server {
    let clock = FarmClock()
    ProcessLimits.ignoreBrokenPipes()
    let openFiles = ProcessLimits.raiseOpenFiles()
    // Where there is a state, its lock comes first: it knows which server is there.
    if access(options.state + "/lock", F_OK) != 0 { try ListenCheck.check(options.listen) }
    try AtomicFile.makeFolder(options.state)
    let lock: FileLock
    do { lock = try FileLock(options.state + "/lock") } catch let taken as FileLock.Taken {
      throw AlreadyRunning(state: options.state, pid: taken.pid)
    }
    try prepare()
    let identity = try ServerIdentity.loadOrCreate(directory: options.state)
    let opening = try StoreOpening(open: openStore, salvage: options.store.salvage, log: log)
    let (store, snapshot) = (opening.store, opening.snapshot)
    // What is over this is work for later: some hundred thousand updates.
    let mailbox = Mailbox(bound: 256 << 10)
    let passwords = PasswordDesk(try Passwords(state: options.state), delays: limits.passwordDelays, log: log)
    let outputs = try OutputFiles(folder: options.state + "/output", log: log) { mailbox.post(.outputsWait($0)) }
    log.info("\(store.name): \(snapshot.jobs.count) jobs, \(snapshot.runs.count) tasks out, \(snapshot.renders.count) renders")
    let events = try store.events(limit: Limits.events)
    // Nothing depends on it: where it cannot be read the screens begin without.
    let journal = (try? store.journal(object: nil, before: nil, limit: Limits.journalRows)) ?? []
    if let jobs = opening.jobs { outputs.sweep { jobs.contains($0) } }

    let recorder = try Recorder(options, serverID: identity.serverID, clock: clock, log: log)
    let commits = CommitQueue(
      store: store, retry: retry, news: { mailbox.post(.storeNews($0)) }, removeOutput: { outputs.remove($0) }, recorder: recorder)
    let farmGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let netGroup = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let groups = [farmGroup, netGroup]
    let restart = RestartWish()
    do {
      let farm = Farm(settings: FarmSettings(options.settings), snapshot: snapshot, at: clock.now)
      let actor = FarmActor(
        farm: farm, events: events, journal: journal.reversed(), mailbox: mailbox, commits: commits, outputs: outputs, clock: clock,
        log: log,
        loop: farmGroup.next(), trouble: opening.trouble, tail: tail)
      let admission = Admission(limits: Admission.Limits(options.settings, openFiles: openFiles, log: log), log: log)
      let hall = Hall(
        mailbox: mailbox, outputs: outputs, tls: try TLSContext.server(identity), limits: limits, admission: admission, log: log,
        serverID: identity.serverID,
        serverName: options.serverName, clock: clock, renderTimes: Hall.RenderTimes(options.settings),
        priority: UInt8(clamping: options.settings.integer("af_priority")), isOpen: options.settings.string("af_enroll") == "open",
        archives: Archives(
          commits: commits, address: options.store, serverID: identity.serverID, serverName: options.serverName, clock: clock,
          restored: { restart.wish($0) }),
        passwords: passwords, roleTime: .seconds(options.settings.integer("af_super_user_timeout")))
      if let bound = ProcessLimits.listenBacklog, bound < Listener.backlog {
        log.warning(
          "the system lets only \(bound) connections wait to be accepted, not \(Listener.backlog): many renders that come at once may come late (sysctl net.core.somaxconn=\(Listener.backlog))"
        )
      }
      let listener: Listener
      do { listener = try await Listener.open(at: options.listen, hall: hall, group: netGroup) } catch {
        throw CannotListen(address: options.listen, reason: "\(error)")
      }
      recorder?.start { [weak commits] begun in commits?.reading(.farm, begun) }
      await actor.begin()
      commits.beginHousework()
      return Server(
        address: listener.address, serverID: identity.serverID, lock: lock, listener: listener, hall: hall, actor: actor,
        commits: commits, outputs: outputs, groups: groups, restart: restart, recorder: recorder, log: log)
    } catch {
      for group in groups { try? await group.shutdownGracefully() }
      try? commits.close()
      throw error
    }
  }

  private init(
    address: ServerAddress, serverID: String, lock: FileLock, listener: Listener, hall: Hall, actor: FarmActor,
    commits: CommitQueue,
    outputs: OutputFiles, groups: [MultiThreadedEventLoopGroup], restart: RestartWish, recorder: Recorder?,
    log: Logger
  ) {
    self.recorder = recorder
    self.restart = restart
    self.address = address
    self.serverID = serverID
    self.lock = Mutex(lock)
    self.listener = listener
    self.hall = hall
    self.actor = actor
    self.commits = commits
    self.outputs = outputs
    self.groups = groups
    self.log = log
  }

  /// Refuses new work, keeps what was taken, and ends.
  ///
  /// - Parameter patience: milliseconds to get what waits into the store.
  /// - Returns: whether everything was kept. What was not, nobody was told to rely on.
  @discardableResult
  public func stop(patience: Int = 5000) async -> Bool {
    hall.stop()
    try? await listener.channel.close().get()
    // Outputs that are on their way lead to ends of runs: these come first, then what they lead to.
    await withCheckedContinuation { done in outputs.drain { done.resume() } }
    await actor.finish()
    let isKept = await withCheckedContinuation { done in commits.drain(patience: patience) { done.resume(returning: $0) } }
    if !isKept { log.error("the store did not take the last changes; the renders will tell them again") }
    await actor.stop()
    await hall.sayFarewell()
    recorder?.close()
    hall.archives.close()
    for group in groups.reversed() { try? await group.shutdownGracefully() }
    do { try commits.close() } catch { log.error("the store did not close well: \(error)") }
    replaceStore()
    lock.withLock { $0 = nil }
    return isKept
  }
}

extension Server {
  /// Reads the passwords of roles again.
  ///
  /// - Returns: the roles whose passwords are others now.
  func readPasswords(state: String) throws -> [Role] { hall.take(try Passwords(state: state)) }

  /// A backup that was restored takes the place of the store, which is closed by now and knows all that was acknowledged.
  private func replaceStore() {
    guard let replacement = restart.replacement else { return }
    do {
      let aside = try replacement.arm()
      log.notice("a restored backup takes the place of the store, which is kept as \(aside)")
    } catch {
      replacement.discard()
      log.error("the backup is not restored: \(error)")
    }
  }
}

/// As a part of a service group: runs until the group stops.
extension Server: Service {
  public func run() async throws {
    try? await gracefulShutdown()
    await stop()
  }
}

/// Another server has the state directory.
public struct AlreadyRunning: Error, Sendable, CustomStringConvertible {
  public let state: String
  public let pid: Int32
  public var description: String {
    "another server runs on \(state): process \(pid) (stop it first, or give this one another --state)"
  }
}

public struct CannotListen: Error, Sendable, CustomStringConvertible {
  public let address: ServerAddress
  public let reason: String
  /// Another program may be there.
  public var isBusy = true
  public var description: String {
    let way = "--listen HOST:PORT takes another place"
    return "cannot listen on \(address): \(reason) (\(isBusy ? "is another program there? " : "")\(way))"
  }
}

extension FarmSettings {
  init(_ settings: Settings) {
    self.init()
    priority = UInt8(clamping: settings.integer("af_priority"))
    errorRetries = Int8(clamping: settings.integer("af_task_error_retries"))
    heartbeat = .seconds(settings.integer("af_render_heartbeat_sec"))
    resourcesTime = .seconds(settings.integer("af_render_resources_sec"))
    zombieTime = .seconds(settings.integer("af_render_zombie_time"))
    reconnectTimeout = .seconds(settings.integer("af_task_reconnect_timeout"))
    errorsAvoidHost = UInt8(clamping: settings.integer("af_errors_avoid_host"))
    errorsTaskSameHost = UInt8(clamping: settings.integer("af_task_errors_same_host"))
    errorsForgiveTime = .seconds(settings.integer("af_errors_forgivetime"))
    jobsLifeTime = .seconds(max(0, settings.integer("af_jobs_life_time")))
    let progress = settings.integer("af_task_progress_change_timeout")
    taskProgressChangeTimeout = progress > 0 ? .seconds(progress) : nil
    maxRunningTasks = Int32(clamping: settings.integer("af_max_running_tasks"))
    maxRunningTasksPerHost = Int32(clamping: settings.integer("af_max_run_tasks_per_host"))
    let halflife = settings.integer("af_fairshare_halflife")
    fairshareHalflife = halflife > 0 ? .seconds(halflife) : nil
    renderCapacity = Int32(clamping: settings.integer("af_render_default_capacity"))
    renderMaxTasks = Int32(clamping: settings.integer("af_render_default_max_tasks"))
    systemTasksMax = Int32(clamping: settings.integer("af_sysjob_tasksmax"))
    undoGrace = .seconds(settings.integer("af_undo_grace"))
    systemTaskLife = .seconds(settings.integer("af_sysjob_tasklife"))
    // By `SystemBlock`; an empty word is no service.
    for (block, key) in ["af_sysjob_postcmd_service", "af_sysjob_events_service", "af_sysjob_wol_service"].enumerated() {
      let service = settings.string(key)
      if !service.isEmpty { systemServices[block] = service }
    }
    let wake = settings.string("af_render_cmd_wolwake")
    if !wake.isEmpty { wakeCommand = wake }
    wakeTimeout = .seconds(settings.integer("af_wol_wake_timeout"))
    wakeInterval = .seconds(settings.integer("af_wolwake_interval"))
    overflowMemory = Int32(clamping: settings.integer("af_render_overflow_mem"))
    overflowSwap = Int32(clamping: settings.integer("af_render_overflow_swap"))
    overflowDisk = Int32(clamping: settings.integer("af_render_overflow_hdd"))
  }
}

extension Admission.Limits {
  /// - Parameter openFiles: that the system lets this process have.
  init(_ settings: Settings, openFiles: Int, log: Logger) {
    self.init()
    let wanted = Int(settings.integer("af_server_max_connections"))
    connections = min(wanted, max(16, openFiles - 100))
    if connections < wanted {
      log.warning("only \(connections) connections: the system lets this process open \(openFiles) files (ulimit -n)")
    }
    address.atOnce = Int(settings.integer("af_server_address_connections"))
    address.perSecond = Int(settings.integer("af_server_address_rate"))
    address.burst = Int(settings.integer("af_server_address_burst"))
  }
}

extension Hall.RenderTimes {
  init(_ settings: Settings) {
    self.init(
      heartbeat: Int32(clamping: settings.integer("af_render_heartbeat_sec")),
      resources: Int32(clamping: settings.integer("af_render_resources_sec")),
      zombie: Int32(clamping: settings.integer("af_render_zombie_time")))
  }
}
