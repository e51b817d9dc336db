public import Model

/// Where a webhook is: `https://host[:port]/path?query`.
public struct WebhookAddress: Hashable, Sendable {
  public static let limit = 2000

  let isEncrypted: Bool
  let host: String
  let port: Int
  /// With its query.
  let path: String

  /// Without the path, which may be a secret.
  public var place: String { "\(isEncrypted ? "https" : "http")://\(hostAndPort)" }

  /// For the header `Host`.
  var hostAndPort: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// - Throws: `Failure` that says what is wrong, without the path.
  public init(_ text: String) throws(Failure) {
    func wrong(_ why: String) -> Failure { Failure(.usage, "the address of a webhook: \(why)") }
    guard text.utf8.count <= Self.limit else { throw wrong("longer than \(Self.limit) characters") }
    guard text.utf8.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
      throw wrong("it has a space or a character that must be written as %XX")
    }
    let lower = text.lowercased()
    guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { throw wrong("it must begin with https:// or http://") }
    isEncrypted = lower.hasPrefix("https://")
    let rest = text.dropFirst(isEncrypted ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else { throw wrong("a user or password in it is not supported") }
    let tail = rest.dropFirst(authority.count).prefix { $0 != "#" }
    path = tail.hasPrefix("/") ? String(tail) : "/" + tail

    var name = authority
    var number: Substring?
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      name = authority[authority.index(after: authority.startIndex)..<end]
      let behind = authority[authority.index(after: end)...]
      guard behind.isEmpty || behind.hasPrefix(":"), name.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }),
        name.contains(":")
      else { throw wrong("its host cannot be understood") }
      if !behind.isEmpty { number = behind.dropFirst() }
    } else {
      if let colon = authority.lastIndex(of: ":") {
        name = authority[..<colon]
        number = authority[authority.index(after: colon)...]
      }
      guard MailAddress.isHost(name) else { throw wrong("its host cannot be understood") }
    }
    host = String(name)
    guard let number else {
      port = isEncrypted ? 443 : 80
      return
    }
    guard let value = Int(number), (1...65535).contains(value) else { throw wrong("its port must be 1 to 65535") }
    port = value
  }

  /// Where a redirection leads.
  ///
  /// - Throws: `Failure` when that is another host, or the same one less protected.
  func redirected(to location: String) throws(Failure) -> WebhookAddress {
    if location.hasPrefix("/"), !location.hasPrefix("//") { return try WebhookAddress("\(place)\(location)") }
    let next = try WebhookAddress(location)
    guard next.isEncrypted == isEncrypted, next.host.lowercased() == host.lowercased(), next.port == port else {
      throw Failure(.failed, "it redirects to \(next.place), which is not followed")
    }
    return next
  }
}
