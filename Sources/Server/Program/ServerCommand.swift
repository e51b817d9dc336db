public import ArgumentParser
import Dispatch
import Files
import Glibc
import LogLines
import Logging
import Model
import ServiceLifecycle
import Settings
import Synchronization
import Wire

/// `reeve-server`.
public struct ServerCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "reeve-server", abstract: "The server of a render farm: schedules, and owns all state.",
    discussion: """
      Runs in the foreground. When it is ready it prints one line, "reeve-server: ready on HOST:PORT, server id UUID", and tells \
      systemd. SIGTERM stops it within 10 seconds, SIGHUP has it read its configuration again. See reeve-server(8).
      """,
    version: "reeve-server \(ProtocolVersion.program)")

  @Option(help: ArgumentHelp("Where to listen; port 0 picks a free one.", valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("State directory: identity, store, outputs.", valueName: "dir"), completion: .directory)
  var state: String?

  @Option(help: ArgumentHelp("Where the farm is kept (default: reeve.sqlite in the state directory).", valueName: "sqlite:path"))
  var store: String?

  @Option(
    help: ArgumentHelp("A configuration file; repeatable, each is stronger than the one before.", valueName: "file"),
    completion: .file())
  var config: [String] = []

  @Flag(help: "Only check the configuration: say what is set and where, and end.")
  var checkConfig = false

  @Flag(help: "Only look the store through and say what is damaged. A server may be running on it.")
  var checkStore = false

  @Option(
    help: ArgumentHelp(
      "Only put a backup in the place of the store, which is set aside; no server may run on it.", valueName: "file"),
    completion: .file())
  var restore: String?

  @Option(
    help: ArgumentHelp(
      "Only set the password of a role, super or administrator: a line of standard input, or asked for.", valueName: "role"))
  var setPassword: String?

  @Option(
    help: ArgumentHelp(
      "Only show a list as it was: from the recording in this state directory, or a copy of it.", valueName: "dir"),
    completion: .directory)
  var replay: String?

  @Option(
    // How long ago begins with a minus.
    parsing: .unconditional,
    help: ArgumentHelp("With --replay: when; 2026-11-22T03:00:00Z, \"2026-11-22 03:00\" or -2h.", valueName: "time"))
  var until: String?

  @Flag(help: "With --replay: the jobs, which is what is shown anyhow.")
  var jobs = false

  @Flag(help: "With --replay: the renders.")
  var renders = false

  @Option(help: ArgumentHelp("With --replay: the tasks of this job.", valueName: "job"))
  var tasks: UInt32?

  @Flag(help: "With --replay: a JSON document with Afanasy's keys.")
  var json = false

  @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
  var logLevel: Logger.Level = .info

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var logFormat: LogStyle = .text

  @OptionGroup(title: "Simulation") var simulation: SimulateOptions

  public init() {}

  public mutating func run() async throws {
    if simulation.simulate { Glibc.exit(simulation.run()) }
    let settings: Settings
    do { settings = try Settings.load(files: config) } catch { Self.fail("configuration: \(error)", code: 2) }
    let options: ServerOptions
    do { options = try self.options(settings) } catch let failure as Failure { Self.fail(failure.message, code: 2) }
    if checkConfig {
      do { try ListenCheck.check(options.listen, anyPort: true) } catch { Self.fail("configuration: \(error)", code: 2) }
      return Self.show(settings)
    }

    if checkStore {
      do { Glibc.exit(try StoreCheck.run(options.store) ? 0 : 1) } catch { Self.fail("\(error)", code: 1) }
    }
    if let replay {
      do {
        let list: ReplayLists.List = tasks.map { .tasks(JobID($0)) } ?? (renders ? .renders : .jobs)
        let text = try ReplayCommand.run(replay, until: until, list, wantsJSON: json, settings: settings) { note in
          Self.say("reeve-server: \(note)", to: STDERR_FILENO)
        }
        return print(text, terminator: "")
      } catch { Self.fail(error.message, code: Int32(error.code.rawValue)) }
    }
    if until != nil || renders || jobs || tasks != nil || json {
      Self.fail("--until, --jobs, --renders, --tasks and --json belong to --replay", code: 2)
    }
    if let restore {
      do {
        for line in try OfflineRestore.run(restore, options) { Self.say(line, to: STDOUT_FILENO) }
      } catch { Self.fail("\(error)", code: 1) }
      return
    }

    if let setPassword {
      guard let role = Passwords.role(setPassword) else {
        Self.fail("--set-password: expected super or administrator, found \"\(setPassword)\"", code: 2)
      }
      do {
        for line in try SetPassword.run(role, state: options.state) { Self.say(line, to: STDOUT_FILENO) }
      } catch let failure as Failure { Self.fail(failure.message, code: Int32(failure.code.rawValue)) } catch {
        Self.fail("\(error)", code: 1)
      }
      return
    }

    let writer = LineWriter(descriptor: STDERR_FILENO)
    let level = Mutex(logLevel)
    let style = logFormat
    let tail = LogTail()
    LoggingSystem.bootstrap { _ in tail.handler(LineLogHandler(style: style, level: level.withLock { $0 }, writer: writer)) }
    let log = Logger(label: "reeve-server")

    let server: Server
    do {
      server = try await Server.start(options, log: log, tail: tail) {
        // For the eyes of whoever started it: past the log.
        if let words = try FirstPasswords.make(state: options.state) { Self.say(words, to: STDERR_FILENO) }
      }
    } catch {
      writer.flush()
      Self.fail("\(error)", code: 1)
    }
    let manager = ServiceManager(environment: Places.environment())
    let group = ServiceGroup(services: [server], logger: Self.quiet(log))
    // To end for good, not only to begin anew.
    let isAsked = Asked()
    let end: @Sendable () -> Void = {
      Task { await group.triggerGracefulShutdown() }
      // A disk that does not answer may not keep the server from ending in time.
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(9500)) {
        log.error("something does not end; leaving without it")
        writer.flush()
        Glibc.exit(1)
      }
    }
    let stop: @Sendable () -> Void = {
      manager.tell("STOPPING=1")
      isAsked.set()
      log.notice("stopping")
      end()
    }
    server.restart.whenWished(end)
    let files = config
    let current = Mutex(settings)
    let reload: @Sendable () -> Void = {
      Self.reload(files, current, log)
      Self.readPasswords(server, options.state, log)
    }
    let signals = Signals([
      (SIGTERM, stop), (SIGINT, stop), (SIGHUP, reload),
    ])
    Self.say("reeve-server: ready on \(server.address), server id \(server.serverID)", to: STDOUT_FILENO)
    manager.tell("READY=1")
    try await group.run()
    withExtendedLifetime(signals) {}
    if server.restart.replacement != nil, !isAsked.value {
      writer.flush()
      Self.fail("cannot start anew: \(ProgramRestart.run(at: server.address))", code: 1)
    }
    log.notice("stopped")
    writer.flush()
  }

  private func options(_ settings: Settings) throws -> ServerOptions {
    let places = Places()
    var address = ServerAddress(host: settings.string("af_server_listen"), port: Int(settings.integer("af_serverport")))
    if let listen { address = try ServerAddress(parsing: listen) }
    let folder = state ?? places.state
    return ServerOptions(
      listen: address, state: folder, store: try StoreAddress(parsing: store, state: folder), settings: settings,
      serverName: Places.hostName)
  }

  private static func show(_ settings: Settings) {
    for rule in SettingRule.read {
      print("\(rule.name) = \(settings.json(rule.name).text())  (\(settings.sources[rule.name] ?? "default"))")
    }
  }

  /// Reads the configuration again and says what changed.
  private static func reload(_ files: [String], _ current: borrowing Mutex<Settings>, _ log: Logger) {
    do {
      let new = try Settings.load(files: files)
      let changes = current.withLock { old in
        defer { old = new }
        return old.changes(to: new)
      }
      if changes.isEmpty { log.notice("configuration read again: nothing changed") }
      for change in changes {
        log.notice("configuration: \(change.name) is \(change.new), was \(change.old); takes effect at the next start")
      }
    } catch {
      log.error("configuration not taken: \(error)")
    }
  }

  private static func readPasswords(_ server: Server, _ state: String, _ log: Logger) {
    do {
      for role in try server.readPasswords(state: state) {
        log.notice("the password of the role \(role.word) is another now: who had it by the old one has it no more")
      }
    } catch {
      log.error("passwords not taken: \(error)")
    }
  }

  private static func say(_ line: String, to descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
  }

  /// The service group's own words are for its authors.
  private static func quiet(_ log: Logger) -> Logger {
    var quiet = log
    quiet.logLevel = .warning
    return quiet
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    say("reeve-server: \(message)", to: STDERR_FILENO)
    Glibc.exit(code)
  }
}

/// Whether somebody asked.
private final class Asked: Sendable {
  private let flag = Atomic(false)
  var value: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// What the program's `main.swift` calls.
public func runReeveServer() async {
  do {
    let command = try ServerCommand.parseAsRoot()
    if var command = command as? any AsyncParsableCommand {
      try await command.run()
    } else {
      var command = command
      try command.run()
    }
  } catch {
    if ServerCommand.exitCode(for: error) != .validationFailure { ServerCommand.exit(withError: error) }
    // A wrong command line is 2 for all of Reeve's programs.
    let text = ServerCommand.fullMessage(for: error) + "\n"
    _ = write(STDERR_FILENO, text, text.utf8.count)
    Glibc.exit(Int32(FailureCode.usage.rawValue))
  }
}
