import Crypto

/// SHA-256 of a certificate in DER, as ssh writes it: `SHA256:` and base64 without padding.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public init(ofDER bytes: some Sequence<UInt8>) {
    let digest = SHA256.hash(data: Array(bytes))
    text = "SHA256:" + Base64.text(digest, isPadded: false)
  }

  /// A line of a file; nil when it is none.
  public init?(text: some StringProtocol) {
    guard text.hasPrefix("SHA256:"), text.utf8.count == 50 else { return nil }
    self.text = String(text)
  }

  public var description: String { text }
}
