public import ArgumentParser
import CNCurses
import Command
import Console
import Files
import Glibc
import Identity
import Model
import Settings
import Wire

/// The program `reeve-watch`.
public struct WatchCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "reeve-watch",
    abstract: "Watches a render farm, live, in a terminal.",
    discussion: """
      Shows jobs, their tasks, the farm's renders and the output of tasks as they run, and does to them what is asked. “?” shows the \
      keys. Without a server it says so and keeps trying.
      """,
    version: "reeve-watch \(ProtocolVersion.program)")

  @Option(help: ArgumentHelp("The server (REEVE_SERVER; default localhost:51000).", valueName: "host:port"))
  var server: String?

  @Option(help: ArgumentHelp("Who is at the console (REEVE_USER; default: the login name).", valueName: "name"))
  var user: String?

  @Option(help: ArgumentHelp("A theme's name, or the path of its file (REEVE_THEME; default dark).", valueName: "name"))
  var theme: String?

  @Option(help: ArgumentHelp("Say whether a theme's file is right, and leave.", valueName: "file"))
  var checkTheme: String?

  @Option(help: "The screen to begin with: jobs, work, farm, users, system, events, stats or servers.")
  var screen: ConsoleScreenID = .jobs

  @Flag(help: "Do nothing that changes the farm.")
  var readOnly = false

  @Flag(help: "Write nothing but ASCII to the terminal.")
  var ascii = false

  @Flag(help: "Draw no screen: write what there is and each change as a line, for screen readers and pipes.")
  var plain = false

  public init() {}

  /// Runs the program as its arguments say. Returns the exit code.
  public static func main(arguments: [String]) -> Int32 {
    do {
      let command = try WatchCommand.parse(arguments)
      return try command.watch()
    } catch let failure as Failure {
      complain(failure.message)
      return Int32(failure.code.rawValue)
    } catch {
      let code = exitCode(for: error)
      if code == .success {
        print(fullMessage(for: error))
        return 0
      }
      // The parser lists what it would take on lines of their own.
      let lines = message(for: error).split(separator: "\n").map { line in line.drop { $0 == " " || $0 == "-" } }
      complain(
        (lines.first.map(String.init) ?? "") + (lines.count > 1 ? " " + lines.dropFirst().joined(separator: ", ") : "")
          + " (see reeve-watch --help)")
      return Int32(FailureCode.usage.rawValue)
    }
  }

  private static func complain(_ text: String) {
    let line = "reeve-watch: \(text)\n"
    _ = write(2, line, line.utf8.count)
  }

  private func watch() throws -> Int32 {
    let environment = Places.environment()
    let places = Places(environment: environment)
    let settings = try Settings.load(environment: environment, places: places)
    let address =
      try (server ?? places.server).map { try ServerAddress(parsing: $0) }
      ?? ServerAddress(host: settings.string("af_servername"), port: Int(settings.integer("af_serverport")))
    if plain, checkTheme == nil {
      var app = PlainApp(
        try PlainConsole(screen: screen, server: "\(address)", isASCII: ascii || !cn_is_utf8(), at: Clock.now),
        address: address, user: user ?? places.user, knownServersFile: places.knownServersFile)
      app.run()
      return 0
    }
    let themes = ThemeLibrary(places: places)
    let noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let wanted = theme ?? environment["REEVE_THEME"].flatMap { $0.isEmpty ? nil : $0 }
    // Read before the terminal is taken over: a fault is told where it can be read.
    if let checkTheme { return try Self.check(theme: checkTheme, themes) }
    if let wanted { _ = try themes.theme(wanted) }
    let keys = try Self.keys(places)
    guard isatty(0) != 0, isatty(1) != 0 else {
      throw Failure(
        .usage, "standard input and output must be a terminal (--plain does without; for scripts there is “reeve jobs”)")
    }
    let keptFile = KeptFile(places: places)
    let (kept, notice) = keptFile.read()
    var chosen = wanted.map { [$0] } ?? []
    // What was chosen once may be gone: that keeps nobody from the farm.
    if wanted == nil, !noColor, let last = kept.theme, (try? themes.theme(last)) != nil { chosen = [last] }
    let selected = try themes.theme(chosen.first ?? (noColor ? "mono" : "dark"))
    let name = user ?? places.user
    var options = ConsoleOptions(
      user: name, server: "\(address)", isReadOnly: readOnly, isASCII: ascii || !cn_is_utf8(), screen: screen)
    options.kept = kept
    options.notice = notice
    options.keys = keys
    options.commands = EmbeddedCommand.words.map { ReeveWord(name: $0.name, abstract: $0.abstract, options: $0.options) }
    UIThread.shared.adopt()
    cn_crash_guard()
    let inbox = Inbox()
    let link = ServerLink(
      address: address, user: name, host: Places.hostName, knownServers: KnownServers(path: places.knownServersFile), inbox: inbox)
    if let failure = UI.assumeIsolated({ Self.run(link, inbox, themes, keptFile, selected, chosen.first, noColor, options) }) {
      throw failure
    }
    return 0
  }

  /// What the file of key bindings says; as the table has it when there is none.
  private static func keys(_ places: Places) throws(Failure) -> KeyMap {
    let path = "\(places.userConfiguration)/keys.yaml"
    let bytes: [UInt8]?
    do { bytes = try AtomicFile.read(path, limit: KeyFile.longest) } catch { throw Failure(.failed, "\(error)") }
    return try bytes.map { (bytes) throws(Failure) in try KeyFile.parse(String(decoding: bytes, as: UTF8.self), path: path) }
      ?? .standard
  }

  /// Says that a theme is right, and what in it may not be meant.
  private static func check(theme: String, _ themes: ThemeLibrary) throws(Failure) -> Int32 {
    let found = try themes.theme(theme)
    for doubt in found.doubts { print("\(theme): \(doubt)") }
    print("\(theme): the theme “\(found.name)” is right")
    return 0
  }

  /// Returns what kept it from beginning.
  @UI
  private static func run(
    _ link: ServerLink, _ inbox: Inbox, _ themes: ThemeLibrary, _ keptFile: KeptFile, _ theme: Theme,
    _ selection: String?, _ noColor: Bool,
    _ options: ConsoleOptions
  ) -> Failure? {
    let screen: CursesScreen
    do {
      let environment = Places.environment()
      let term = environment["TERM"] ?? ""
      let better = TerminalKind.better(term: term, colorTerm: environment["COLORTERM"] ?? "")
      screen = try CursesScreen(
        isMono: noColor, kind: noColor ? nil : better.first { cn_knows_kind($0) }, opensLinks: TerminalKind.opensLinks(term: term))
    } catch .unknownTerm {
      return Failure(.usage, "the terminal is of an unknown kind (is TERM set, and its description installed?)")
    } catch {
      return Failure(.usage, "standard input and output must be a terminal")
    }
    let app = ConsoleApp(
      screen: screen, link: link, inbox: inbox, themes: themes, keptFile: keptFile,
      theme: screen.hasColors || selection != nil ? theme : .mono, selection: selection,
      options: options)
    link.start()
    UIThread.shared.run(
      UIThread.Callbacks(
        terminal: { app.terminal }, onInput: { app.input() }, onSignal: { app.signal($0) }, watched: { app.watched },
        onWatched: { app.themeChanged() },
        onTurn: { app.turn() }))
    screen.close()
    return nil
  }
}

extension ConsoleScreenID: ExpressibleByArgument {}
