import Glibc

/// Where things are kept (interface.md "Everywhere"): decided from the environment alone, so that tests can say it.
public struct Places: Sendable {
  private let environment: [String: String]
  private let isRoot: Bool

  public init(environment: [String: String] = Places.environment(), isRoot: Bool = geteuid() == 0) {
    self.environment = environment
    self.isRoot = isRoot
  }

  /// The process's environment.
  public static func environment() -> [String: String] {
    var all: [String: String] = [:]
    var at = environ
    while let entry = at.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") { all[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
      at += 1
    }
    return all
  }

  private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
  private var home: String { value("HOME") ?? "/" }

  /// Of the server: `REEVE_STATE`, else `/var/lib/reeve` for root, else `$XDG_STATE_HOME/reeve`.
  public var state: String {
    value("REEVE_STATE") ?? (isRoot ? "/var/lib/reeve" : "\(value("XDG_STATE_HOME") ?? "\(home)/.local/state")/reeve")
  }

  /// Of a user's programs: `$XDG_STATE_HOME/reeve`, for root too.
  public var userState: String { "\(value("XDG_STATE_HOME") ?? "\(home)/.local/state")/reeve" }

  /// Of a user's settings: `$XDG_CONFIG_HOME/reeve`.
  public var userConfiguration: String { "\(value("XDG_CONFIG_HOME") ?? "\(home)/.config")/reeve" }
  public var userConfigurationFile: String { "\(userConfiguration)/config.json" }
  public var systemConfigurationFile: String { "/etc/reeve/config.json" }
  public var knownServersFile: String { "\(userConfiguration)/known_servers" }
  /// `REEVE_SERVER`, `host:port`.
  public var server: String? { value("REEVE_SERVER") }
  /// `REEVE_USER`, else the login name, else the number of the user.
  public var user: String { value("REEVE_USER") ?? loginName }

  private var loginName: String {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
    return String(cString: name)
  }

  /// The machine's name, without its domain.
  public static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(name.prefix { $0 != "." })
  }
}
