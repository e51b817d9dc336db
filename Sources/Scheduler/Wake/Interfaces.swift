import Model

/// Network cards of renders: what wakes them (reference/afanasy.md section 7).
extension Farm {
  /// Cards of one render that are kept, and addresses of one card.
  private static let mostCards = 16

  /// Takes over the cards that a render says it has, but for those with an address that no machine can have.
  mutating func takeInterfaces(_ given: [NetworkInterface], _ render: Int) {
    var kept: [NetworkInterface] = []
    for card in given.prefix(Self.mostCards) where !card.mac.isEmpty {
      let name = String(card.name.unicodeScalars.prefix(64).map(Character.init))
      switch HardwareAddress(card.mac) {
      case .none:
        let text = String(card.mac.unicodeScalars.prefix(32).map(Character.init))
        log(
          .warning, .render(renders[render].id),
          "card \"\(name)\": \"\(text)\" is no hardware address (six bytes as aa:bb:cc:dd:ee:ff): it is not used to wake the machine"
        )
      case .some(let address) where address.isOfMachine:
        kept.append(
          NetworkInterface(
            name: name, mac: address.text, addresses: card.addresses.prefix(Self.mostCards).filter { $0.utf8.count <= 64 }))
      case .some: break
      }
    }
    renders[render].interfaces = kept
  }

  /// What wakes a render: each of its addresses once.
  func wakingAddresses(_ render: Int) -> [String] {
    var found: [String] = []
    for card in renders[render].interfaces where !found.contains(card.mac) { found.append(card.mac) }
    return found
  }
}

/// Six bytes that a network card is known by.
struct HardwareAddress: Hashable, Sendable {
  let bytes: [UInt8]

  /// - Parameter text: six pairs of hexadecimal digits with ':' or '-' between them; anything else is none.
  init?(_ text: String) {
    let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }
    guard parts.count == 6 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard part.count == 2, part.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let byte = UInt8(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    self.bytes = bytes
  }

  /// Not that of a card without one, nor of a group of machines.
  var isOfMachine: Bool { bytes.contains { $0 != 0 } && bytes[0] & 1 == 0 }

  /// `aa:bb:cc:dd:ee:ff`
  var text: String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined(separator: ":")
  }
}
