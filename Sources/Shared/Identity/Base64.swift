/// Bytes as the 64 letters of RFC 4648.
public enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// - Parameter isPadded: `=` fills up the last four.
  public static func text(_ bytes: some Sequence<UInt8>, isPadded: Bool = true) -> String {
    let bytes = Array(bytes)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let value = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
      for digit in 0...part.count { out.append(digits[Int(value >> (18 - 6 * UInt32(digit)) & 63)]) }
      if isPadded { out += [UInt8](repeating: 0x3D, count: 3 - part.count) }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
