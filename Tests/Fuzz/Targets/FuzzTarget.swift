/// Something that decodes bytes from outside, and what must hold whatever the bytes are. A target returns: an error that the decoder
/// throws is an answer, a trap is a finding.
struct FuzzTarget: Sendable {
  /// Of `make fuzz TARGET=…`, and of its folder in Tests/Fixtures/fuzz.
  let name: String
  /// Of an input that is worth trying, in bytes.
  let longest: Int
  let run: @Sendable ([UInt8]) -> Void

  init(_ name: String, longest: Int = 4096, run: @escaping @Sendable ([UInt8]) -> Void) {
    self.name = name
    self.longest = longest
    self.run = run
  }

  static let all: [FuzzTarget] = [
    .firstBytes, .frames, .clientFrames, .serverFrames, .job, .stored, .settings, .archive, .pattern, .commands, .theme, .service,
    .store,
    .output, .text, .keeper, .records, .mail, .events, .keys, .bindings, .habits, .filter,
  ]

  static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Ends the program when something does not hold: for the fuzzer, a finding.
func demand(_ holds: Bool, _ rule: @autoclosure () -> String) {
  if !holds { fatalError("does not hold: \(rule())") }
}

/// The bytes of an input, taken apart from the front. What is missing is zero: an input that was cut is an input.
struct FuzzInput {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }
  mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }
  mutating func number(below bound: Int) -> Int { bound < 1 ? 0 : (Int(byte()) << 8 | Int(byte())) % bound }
  mutating func int64() -> Int64 { (0..<8).reduce(0) { value, _ in value << 8 | Int64(byte()) } }
  /// A number that is as often small as large.
  mutating func anyNumber() -> Int64 {
    let kind = byte()
    return switch kind % 4 {
    case 0: Int64(Int8(bitPattern: byte()))
    case 1: Int64(byte()) << 16 | Int64(byte()) << 8 | Int64(byte())
    case 2: [.min, .max, .min + 1, .max - 1, 1 << 31, -1 << 31, 1 << 32, 1_000_000_000][Int(byte() % 8)]
    default: int64()
    }
  }
  /// A length of two bytes and as many bytes, or as many as there are.
  mutating func part() -> [UInt8] {
    let length = Int(byte()) << 8 | Int(byte())
    defer { bytes = bytes.dropFirst(length) }
    return Array(bytes.prefix(length))
  }
  /// Up to the next byte 0, which is taken too.
  mutating func line() -> String {
    let line = bytes.prefix { $0 != 0 }
    bytes = bytes.dropFirst(line.count + 1)
    return String(decoding: line, as: UTF8.self)
  }
  mutating func rest() -> [UInt8] {
    defer { bytes = [] }
    return Array(bytes)
  }
}
