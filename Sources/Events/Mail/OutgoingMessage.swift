public import Model

/// A message as it goes to a mail server: its lines end with CR LF, no header is anything else than a header, and what every message
/// must say is there.
public struct OutgoingMessage: Sendable {
  /// In bytes.
  public static let limit = 1 << 20
  /// Of one line, without its end (RFC 5321).
  private static let lineBytes = 998

  public private(set) var bytes: [UInt8]

  /// - Parameters:
  ///   - text: headers, an empty line, the body. Lines may end as in files.
  ///   - additions: headers that are added where the message has none of the name.
  /// - Throws: `Failure` for what is no message, with the number of the line.
  public init(_ text: [UInt8], additions: [(name: String, value: String)]) throws(Failure) {
    var headers: [ArraySlice<UInt8>] = []
    var names: Set<String> = []
    var body: ArraySlice<UInt8> = []
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
      var line = rest[..<end]
      rest = rest[min(end + 1, rest.endIndex)...]
      if line.last == 0x0d { line = line.dropLast() }
      if line.isEmpty {
        body = rest
        break
      }
      let isContinued = line.first == 0x20 || line.first == 0x09
      let name = line.prefix { $0 != 0x3a }
      let isHeader = name.count < line.count && !name.isEmpty && name.allSatisfy { (0x21..<0x7f).contains($0) }
      guard isContinued ? !headers.isEmpty : isHeader, line.count <= Self.lineBytes, !line.contains(0x0d), !line.contains(0) else {
        throw Failure(
          .usage, "line \(headers.count + 1) of the message is no header (headers, then an empty line, then the text are expected)")
      }
      if !isContinued { names.insert(String(decoding: name, as: UTF8.self).lowercased()) }
      headers.append(line)
    }
    bytes = []
    for (name, value) in additions where !names.contains(name.lowercased()) { bytes += "\(name): \(value)\r\n".utf8 }
    for header in headers { bytes += header + [0x0d, 0x0a] }
    bytes += [0x0d, 0x0a]
    appendBody(body)
  }

  /// Every end of a line becomes CR LF; lines that are too long for the protocol are cut into several.
  private mutating func appendBody(_ body: ArraySlice<UInt8>) {
    var width = 0
    var previous: UInt8 = 0
    for byte in body {
      switch byte {
      case 0x0a, 0x0d:
        if !(byte == 0x0a && previous == 0x0d) { bytes += [0x0d, 0x0a] }
        width = 0
      case 0: break
      default:
        if width == Self.lineBytes {
          bytes += [0x0d, 0x0a]
          width = 0
        }
        bytes.append(byte)
        width += 1
      }
      previous = byte
    }
    if width > 0 { bytes += [0x0d, 0x0a] }
  }

  /// As it is sent after DATA: a dot at the beginning of a line is doubled, and one alone ends it.
  var stuffed: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 64)
    var isLineStart = true
    for byte in bytes {
      if isLineStart, byte == 0x2e { out.append(0x2e) }
      out.append(byte)
      isLineStart = byte == 0x0a
    }
    return out + Array(".\r\n".utf8)
  }
}
