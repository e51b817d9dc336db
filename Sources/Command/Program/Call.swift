import Files
import Identity
import Model
import NIOCore
import Settings
import Text
import Wire

/// One run of the program: who asks whom, and how the answer is to look.
struct Call: Sendable {
  let address: ServerAddress
  let user: String
  let host: String
  let wantsJSON: Bool
  let knownServers: KnownServers
  /// nil: a user's rights will do.
  let rolePassword: RolePassword?
  let out: StandardStream
  let error: StandardStream
  /// Inside another program: its connection, over which all is asked.
  var connection: ServerConnection?
  /// Inside another program: the person has said yes already.
  var isConfirmed = false
  /// Colours on standard output: a terminal, and nobody said no.
  let wantsColours: Bool
  /// False where the locale is not UTF-8.
  let isUnicode: Bool

  /// How long a connection may take.
  static let connectTimeout = TimeAmount.seconds(5)

  /// - Throws: `Failure` for a bad address or an unreadable configuration.
  init(_ options: LeadingOptions, environment: [String: String]) throws {
    out = StandardStream.output
    error = StandardStream.error
    let places = Places(environment: environment)
    // Also where the server is known already: a fault in the settings is told, not passed over.
    let settings: Settings
    do {
      settings = try Settings.load(files: options.config, environment: environment, places: places)
    } catch { throw Failure(.usage, "\(error)") }
    if let text = options.server ?? places.server {
      address = try ServerAddress(parsing: text)
    } else {
      address = ServerAddress(host: settings.string("af_servername"), port: Int(settings.integer("af_serverport")))
    }
    user = options.user ?? places.user
    guard !user.isEmpty, user.utf8.count <= Limits.nameBytes else { throw Failure(.usage, "--user: expected a user's name") }
    host = Places.hostName
    wantsJSON = options.wantsJSON
    rolePassword = options.isSuper ? RolePassword(environment: environment) : nil
    knownServers = KnownServers(path: places.knownServersFile)
    let says = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    wantsColours = out.isTerminal && says("NO_COLOR") == nil && says("TERM") != "dumb"
    let locale = (says("LC_ALL") ?? says("LC_CTYPE") ?? says("LANG") ?? "UTF-8").uppercased()
    isUnicode = locale.contains("UTF-8") || locale.contains("UTF8")
  }

  /// Inside another program.
  init(
    over connection: ServerConnection, at address: ServerAddress, user: String, knownServers: KnownServers, wantsJSON: Bool,
    out: TextCollector, error: TextCollector, isUnicode: Bool, isConfirmed: Bool
  ) {
    self.connection = connection
    self.address = address
    self.user = user
    self.knownServers = knownServers
    self.wantsJSON = wantsJSON
    self.out = StandardStream(descriptor: -1, collector: out)
    self.error = StandardStream(descriptor: -1, collector: error)
    self.isUnicode = isUnicode
    self.isConfirmed = isConfirmed
    // The connection's own role holds.
    rolePassword = nil
    host = Places.hostName
    wantsColours = false
  }

  func show(_ lines: [String]) {
    if !lines.isEmpty { out.write(lines.joined(separator: "\n") + "\n") }
  }

  /// As wide as the terminal; in full when piped.
  func show(_ table: Table, header: Bool = true) {
    show(table.lines(width: out.columns, colours: wantsColours, header: header))
  }

  func show(_ value: JSONValue) { out.write(value.text(indented: true) + "\n") }

  /// For the person at the terminal, beside the answer; scripts that asked for JSON are not told.
  func say(_ text: String) {
    if !wantsJSON { error.write("reeve: \(Sanitize.line(text))\n") }
  }
}
