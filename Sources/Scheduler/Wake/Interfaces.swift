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
      do throws(MACAddress.Fault) {
        let address = try MACAddress(card.mac)
        guard address.isOfMachine else { continue }
        let addresses = card.addresses.prefix(Self.mostCards).filter { $0.utf8.count <= 64 }
        kept.append(NetworkInterface(name: name, mac: address.description, addresses: addresses))
      } catch {
        let text = String(card.mac.unicodeScalars.prefix(32).map(Character.init))
        log(
          .warning, .render(renders[render].id),
          "card \"\(name)\": \"\(text)\" is no hardware address (\(error)): it is not used to wake the machine")
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

extension MACAddress {
  /// Not that of a card without one, nor of a group of machines.
  fileprivate var isOfMachine: Bool { bytes.contains { $0 != 0 } && bytes[0] & 1 == 0 }
}
