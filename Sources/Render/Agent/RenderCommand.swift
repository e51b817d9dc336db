public import ArgumentParser
import Dispatch
import Files
import Glibc
import Identity
import LogLines
import Logging
import Model
import NIOCore
import NIOPosix
import Settings
import Synchronization
import Wire

/// `reeve-render`.
public struct RenderCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "reeve-render",
    abstract: "Runs the tasks that a reeve-server gives to this machine.",
    discussion: """
      Connects to the server, for ever; takes tasks and runs them as children of a keeper, a small process that outlives this one: \
      on SIGTERM, a crash or an upgrade the tasks go on, and the next reeve-render finds them.
      """,
    version: "reeve-render \(ProtocolVersion.program)")

  @Option(help: ArgumentHelp("The server (REEVE_SERVER; default localhost:51000).", valueName: "host:port"))
  var server: String?

  @Option(help: "The name of this render (default: the machine's).")
  var name: String?

  @Option(help: ArgumentHelp("The state directory (REEVE_STATE).", valueName: "dir"))
  var state: String?

  @Option(help: "What its tasks may take together, in Afanasy's units (default: as its pool says).")
  var capacity: Int32?

  @Option(help: "Tasks at once (default: as its pool says).")
  var maxTasks: Int32?

  @Option(help: ArgumentHelp("The folder with the services' files (REEVE_SERVICES).", valueName: "dir"))
  var services: String?

  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("A settings file, stronger than the system's and the user's; repeatable.", valueName: "file"))
  var configurations: [String] = []

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: Logger.Level = .info

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var logFormat: LogStyle = .text

  @Flag(help: "On SIGTERM end the tasks before leaving.")
  var eject = false

  @Option(help: .hidden)
  var killGrace: Double = 10

  @Argument(help: "nimby: take only tasks of this render's own user; NIMBY: take none.")
  var mode: Mode?

  enum Mode: String, ExpressibleByArgument, CaseIterable { case nimby, NIMBY }

  public init() {}

  public func validate() throws {
    if let name, name.isEmpty || name.utf8.count > Limits.nameBytes || name.contains(where: { $0.isWhitespace || $0.isNewline }) {
      throw ValidationError("--name: expected 1 to \(Limits.nameBytes) bytes without spaces")
    }
    if let capacity, !(1...Int32(Limits.capacity)).contains(capacity) {
      throw ValidationError("--capacity: expected 1 to \(Limits.capacity)")
    }
    if let maxTasks, !(1...Int32(Limits.tasksPerRender)).contains(maxTasks) {
      throw ValidationError("--max-tasks: expected 1 to \(Limits.tasksPerRender)")
    }
    guard (0...3600).contains(killGrace) else { throw ValidationError("--kill-grace: expected 0 to 3600 seconds") }
  }

  public func run() throws {
    do { try serve() } catch let failure as Failure {
      try leave(failure.message, status: Int32(failure.code.rawValue))
    } catch let taken as FileLock.Taken {
      try leave("another agent has this state directory: process \(taken.pid) (give this one its own with --state)")
    } catch let error as FileError {
      try leave("\(error)")
    } catch let error as SettingsError {
      try leave("\(error)")
    }
  }

  /// What was logged comes before the last word.
  private static let writer = LineWriter(descriptor: STDERR_FILENO)

  private func leave(_ message: String, status: Int32 = 1) throws -> Never {
    Self.writer.flush()
    Self.write("reeve-render: \(message)\n", to: 2)
    throw ExitCode(status == 4 ? 1 : status)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    _ = text.withCString { Glibc.write(descriptor, $0, strlen($0)) }
  }

  private func serve() throws {
    let environment = Places.environment()
    let places = Places(environment: environment)
    let settings = try Settings.load(files: configurations, environment: environment, places: places)
    let folder = KeeperFolder(OwnProgram.absolute(state ?? environment["REEVE_STATE"] ?? "\(places.state)/render"))
    try folder.make()
    let lock = try FileLock(folder.agentLock)
    defer { withExtendedLifetime(lock) {} }

    let (style, level) = (logFormat, logLevel)
    LoggingSystem.bootstrap { _ in LineLogHandler(style: style, level: level, writer: Self.writer) }
    defer { Self.writer.flush() }
    let log = Logger(label: "reeve-render")
    let program = OwnProgram.path
    let catalog = try catalog(environment: environment, program: program, log: log)
    var plan = TaskPlan(environment: environment)
    plan.shell = Shell(settings.string("cmd_shell"))
    plan.nice = Int32(settings.integer("af_render_nice"))
    plan.paths = try PathMap(settings.json("pathsmap"))
    plan.programOptions = ProgramSettings.words(configurations)
    let address =
      try (server ?? places.server).map { try ServerAddress(parsing: $0) }
      ?? ServerAddress(host: settings.string("af_servername"), port: Int(settings.integer("af_serverport")))
    let options = AgentOptions(
      server: address, name: name ?? Places.hostName, user: places.user, folder: folder,
      capacity: capacity ?? 0,
      maxTasks: maxTasks ?? 0,
      nimby: mode == .nimby ? .nimby : mode == .NIMBY ? .NIMBY : [], isEjecting: eject,
      knownServers: KnownServers(path: places.knownServersFile), program: program, graceMilliseconds: UInt32(killGrace * 1000),
      diskPath: settings.string("af_render_hddspace_path"), sleepCommand: settings.string("af_render_cmd_wolsleep"),
      shell: plan.shell)

    signal(SIGPIPE, SIG_IGN)
    // The keeper is a child when this agent has started it: nobody waits for its end.
    signal(SIGCHLD, SIG_IGN)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
    defer { try? pool.syncShutdownGracefully() }
    let agent = try Agent(options, catalog: catalog, plan: plan, loop: group.next(), pool: pool, log: log) {
      Self.write($0 + "\n", to: 1)
    }
    try Self.wait(for: agent)
  }

  private func catalog(environment: [String: String], program: String, log: Logger) throws -> ServiceCatalog {
    guard let folder = ServiceCatalog.folder(asked: services ?? environment["REEVE_SERVICES"], program: program) else {
      log.warning("no folder of services was found: only \"generic\" is offered (name one with --services)")
      return ServiceCatalog()
    }
    let catalog = try ServiceCatalog(folder: folder)
    for (_, fault) in catalog.faults.sorted(by: { $0.key < $1.key }) { log.error("service not offered: \(fault)") }
    return catalog
  }

  /// Runs the agent to its end; SIGTERM and SIGINT let it leave.
  private static func wait(for agent: Agent) throws {
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { Task { await agent.leave() } }
      source.resume()
      sources.append(source)
    }
    defer { for source in sources { source.cancel() } }
    let done = DispatchSemaphore(value: 0)
    let outcome = Outcome()
    Task {
      do { try await agent.run() } catch { outcome.error.withLock { $0 = error } }
      done.signal()
    }
    done.wait()
    if let error = outcome.error.withLock({ $0 }) { throw error }
  }
}

private final class Outcome: Sendable {
  let error = Mutex<(any Error)?>(nil)
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
