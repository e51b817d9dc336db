/// Writes the keeper's messages and records: big-endian numbers, texts with their length in front.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ value: UInt8) { bytes.append(value) }
  mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }
  mutating func put(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
  mutating func put(_ value: UInt64) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
  mutating func put(_ value: Int32) { put(UInt32(bitPattern: value)) }
  mutating func put(_ value: Int64) { put(UInt64(bitPattern: value)) }
  mutating func put(_ value: String) { put(Array(value.utf8)) }
  mutating func put(_ value: [UInt8]) {
    put(UInt32(value.count))
    bytes.append(contentsOf: value)
  }
  mutating func put(_ value: [String]) {
    put(UInt32(value.count))
    for text in value { put(text) }
  }

  /// What was written, as a frame: its length in four bytes before it.
  func framed() -> [UInt8] {
    var head = ByteWriter()
    head.put(UInt32(bytes.count))
    return head.bytes + bytes
  }
}

/// Reads what `ByteWriter` wrote. Every length is checked against what is there before anything is taken.
struct ByteReader {
  struct Truncated: Error {}

  private var rest: ArraySlice<UInt8>
  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  private mutating func take(_ count: Int) throws(Truncated) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw Truncated() }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func uint8() throws(Truncated) -> UInt8 {
    guard let byte = rest.popFirst() else { throw Truncated() }
    return byte
  }
  mutating func bool() throws(Truncated) -> Bool { try uint8() != 0 }
  mutating func uint32() throws(Truncated) -> UInt32 { try take(4).reduce(0) { $0 << 8 | UInt32($1) } }
  mutating func uint64() throws(Truncated) -> UInt64 { try take(8).reduce(0) { $0 << 8 | UInt64($1) } }
  mutating func int32() throws(Truncated) -> Int32 { Int32(bitPattern: try uint32()) }
  mutating func int64() throws(Truncated) -> Int64 { Int64(bitPattern: try uint64()) }
  mutating func bytes() throws(Truncated) -> [UInt8] { Array(try take(Int(uint32()))) }
  mutating func string() throws(Truncated) -> String { String(decoding: try take(Int(uint32())), as: UTF8.self) }
  mutating func strings() throws(Truncated) -> [String] {
    let count = Int(try uint32())
    // Each takes four bytes at least.
    guard count <= rest.count / 4 else { throw Truncated() }
    var all: [String] = []
    all.reserveCapacity(count)
    for _ in 0..<count { all.append(try string()) }
    return all
  }
}
