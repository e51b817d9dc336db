import Files

/// Trust on first use, as ssh does it: a file of lines `host:port SHA256:…`, one for each server that was met. What is pinned is the
/// certificate of the server's own authority, so that the server may renew its certificate without a word.
public struct KnownServers: Sendable {
  public let path: String
  public init(path: String) { self.path = path }

  public enum Verdict: Hashable, Sendable {
    case known
    /// Never met: the caller records it.
    case new
    /// Met, and it was another one.
    case changed(known: Fingerprint)
  }

  /// - Throws: `FileError` when the file cannot be read.
  public func verdict(on fingerprint: Fingerprint, for address: String) throws -> Verdict {
    guard let known = try entries().last(where: { $0.address == address }) else { return .new }
    return known.fingerprint == fingerprint ? .known : .changed(known: known.fingerprint)
  }

  /// Adds or replaces the line of a server.
  public func record(_ fingerprint: Fingerprint, for address: String) throws {
    if let slash = path.lastIndex(of: "/") { try AtomicFile.makeFolder(String(path[..<slash])) }
    var lines = try entries().filter { $0.address != address }.map { "\($0.address) \($0.fingerprint)" }
    lines.append("\(address) \(fingerprint)")
    try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path, mode: 0o600)
  }

  private func entries() throws -> [(address: String, fingerprint: Fingerprint)] {
    guard let bytes = try AtomicFile.read(path, limit: 4 << 20) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let fingerprint = Fingerprint(text: words[1]) else { return nil }
      return (String(words[0]), fingerprint)
    }
  }
}
