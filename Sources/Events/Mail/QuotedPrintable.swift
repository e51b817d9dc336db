/// Text for the body of a message in printable ASCII and lines of at most 76 characters (RFC 2045).
enum QuotedPrintable {
  static func encoded(_ text: String) -> String {
    var out: [UInt8] = []
    let lines = text.replacing("\r\n", with: "\n").utf8.split(separator: 0x0a, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      if number > 0 { out += [0x0d, 0x0a] }
      var width = 0
      for (at, byte) in line.enumerated() {
        let isLast = at == line.count - 1
        let isPlain = (0x21..<0x7f).contains(byte) && byte != 0x3d || (byte == 0x20 && !isLast)
        let size = isPlain ? 1 : 3
        if width + size > (isLast ? 76 : 75) {
          out += [0x3d, 0x0d, 0x0a]
          width = 0
        }
        if isPlain { out.append(byte) } else { out += [0x3d, digit(byte >> 4), digit(byte & 15)] }
        width += size
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
}
