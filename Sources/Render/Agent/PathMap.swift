public import Model

/// Where the same folders are on this machine: pairs of path beginnings as in CGRU's `pathsmap`, `["client", "server"]`. A job's paths
/// are the server's; a render replaces them by its own (the client's).
public struct PathMap: Hashable, Sendable {
  private var pairs: [(client: String, server: String)]

  public static func == (a: PathMap, b: PathMap) -> Bool { a.pairs.elementsEqual(b.pairs, by: ==) }
  public func hash(into hasher: inout Hasher) { for pair in pairs { hasher.combine(pair.server) } }

  public init(_ pairs: [(client: String, server: String)] = []) {
    // The longest first: `/mnt/proj/cache` goes before `/mnt/proj`.
    self.pairs = pairs.filter { !$0.server.isEmpty }.sorted { $0.server.utf8.count > $1.server.utf8.count }
  }

  /// - Throws: `Failure(.usage, …)` for anything but a list of pairs of texts.
  public init(_ json: JSONValue) throws(Failure) {
    var pairs: [(client: String, server: String)] = []
    let wrong = Failure(.usage, "pathsmap: expected a list of pairs [\"client\", \"server\"]")
    if case .null = json {
      self.init()
      return
    }
    guard case .array(let list) = json else { throw wrong }
    for entry in list {
      guard case .array(let pair) = entry, pair.count == 2, let client = pair[0].string, let server = pair[1].string else {
        throw wrong
      }
      pairs.append((client, server))
    }
    self.init(pairs)
  }

  /// Replaces every server's path in a text; only where a path begins and only whole names of folders.
  public func mapped(_ text: String) -> String {
    guard !pairs.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var at = 0
    scan: while at < bytes.count {
      if at == 0 || Self.endsWord(bytes[at - 1]) {
        for pair in pairs where bytes[at...].starts(with: pair.server.utf8) {
          let end = at + pair.server.utf8.count
          guard pair.server.hasSuffix("/") || end == bytes.count || bytes[end] == 0x2f || Self.endsWord(bytes[end]) else {
            continue
          }
          out.append(contentsOf: pair.client.utf8)
          at = end
          continue scan
        }
      }
      out.append(bytes[at])
      at += 1
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// What may stand directly before or behind a path in a command line: no letter, digit, `_`, `-`, `.` or `/`.
  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...0xff, 0x5f, 0x2d, 0x2e, 0x2f: false
    default: true
    }
  }
}
