import Model

/// Where a server listens.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int

  public static let defaultPort = 51000

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// `host`, `host:port`, `[v6]:port`.
  ///
  /// - Throws: `Failure(.usage, …)`.
  public init(parsing text: String) throws(Failure) {
    func wrong(_ what: String) -> Failure {
      Failure(.usage, "\"\(text)\" is no server address: \(what) (expected HOST or HOST:PORT)")
    }
    var host = text
    var port: String?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = String(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      if !rest.isEmpty {
        guard rest.hasPrefix(":") else { throw wrong("something follows the bracket") }
        port = String(rest.dropFirst())
      }
    } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
      host = String(text[..<colon])
      port = String(text[text.index(after: colon)...])
    }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace), host.utf8.count <= 255 else { throw wrong("no host") }
    var number = Self.defaultPort
    if let port {
      guard let value = Int(port), (0...65535).contains(value) else { throw wrong("\"\(port)\" is no port") }
      number = value
    }
    self.init(host: host, port: number)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
