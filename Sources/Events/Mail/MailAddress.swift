/// An address that a message can go to. Narrow on purpose: what is in it goes into protocols and headers as it is.
struct MailAddress: Hashable, Sendable, CustomStringConvertible {
  static let limit = 254

  /// `local@domain`.
  let text: String

  /// - Returns: nil for anything but letters, digits and `.!#$%&'*+/=?^_{|}~-` before the `@`, and a host's name behind it.
  init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.limit, parts.count == 2, let local = parts.first, let domain = parts.last,
      (1...64).contains(local.utf8.count), local.utf8.allSatisfy(Self.isLocal), local.utf8.first != 0x2d,
      !local.hasPrefix("."), !local.hasSuffix("."), !local.contains(".."), Self.isHost(domain)
    else { return nil }
    self.text = text
  }

  var description: String { text }

  private static func isLocal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: ".!#$%&'*+/=?^_{|}~-".utf8.contains(byte)
    }
  }

  /// Names with letters, digits and hyphens, with dots between.
  static func isHost(_ text: some StringProtocol) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d: true
          default: false
          }
        }
    }
  }
}
