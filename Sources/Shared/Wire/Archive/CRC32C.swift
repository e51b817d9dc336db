/// The checksum of Castagnoli's polynomial (RFC 3720, appendix B.4), eight bytes at a time.
public struct CRC32C: Sendable {
  private var state: UInt32 = ~0

  public init() {}

  /// Of all bytes so far.
  public var value: UInt32 { ~state }

  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var at = 0
    Self.tables.withUnsafeBufferPointer { tables in
      while bytes.count - at >= 8 {
        let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)) ^ state
        let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
        let first = tables[7 << 8 | Int(low & 0xFF)] ^ tables[6 << 8 | Int(low >> 8 & 0xFF)]
        let second = tables[5 << 8 | Int(low >> 16 & 0xFF)] ^ tables[4 << 8 | Int(low >> 24)]
        let third = tables[3 << 8 | Int(high & 0xFF)] ^ tables[2 << 8 | Int(high >> 8 & 0xFF)]
        let fourth = tables[1 << 8 | Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
        state = first ^ second ^ third ^ fourth
        at += 8
      }
    }
    while at < bytes.count {
      step(bytes[at])
      at += 1
    }
  }

  private mutating func step(_ byte: UInt8) {
    state = Self.tables[Int((state ^ UInt32(byte)) & 0xFF)] ^ state >> 8
  }

  /// Eight tables of 256, one behind the other: the k-th says what a byte comes to when k more follow it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 << 8)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? 0x82F6_3B78 ^ value >> 1 : value >> 1 }
      tables[byte] = value
    }
    for k in 1..<8 {
      for byte in 0..<256 {
        let before = tables[(k - 1) << 8 | byte]
        tables[k << 8 | byte] = tables[Int(before & 0xFF)] ^ before >> 8
      }
    }
    return tables
  }()
}
