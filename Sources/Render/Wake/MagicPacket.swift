import Model

/// What a sleeping network card waits for.
enum MagicPacket {
  /// Six bytes of synchronisation, then the card's address sixteen times: 102 bytes.
  static func bytes(for address: MACAddress) -> [UInt8] {
    [UInt8](repeating: 0xff, count: 6) + (0..<16).flatMap { _ in address.bytes }
  }
}
