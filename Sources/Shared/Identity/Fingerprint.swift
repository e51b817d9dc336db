import Crypto

/// SHA-256 of a certificate in DER, as ssh writes it: `SHA256:` and base64 without padding.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public init(ofDER bytes: some Sequence<UInt8>) {
    let digest = SHA256.hash(data: Array(bytes))
    text = "SHA256:" + Self.base64(Array(digest))
  }

  /// A line of a file; nil when it is none.
  public init?(text: some StringProtocol) {
    guard text.hasPrefix("SHA256:"), text.utf8.count == 50 else { return nil }
    self.text = String(text)
  }

  public var description: String { text }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let value = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
      for digit in 0...part.count { out.append(digits[Int(value >> (18 - 6 * UInt32(digit)) & 63)]) }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
