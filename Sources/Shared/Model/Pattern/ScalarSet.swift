/// A class of characters: `[a-z]`, `\d`, `.`. Membership of ASCII is a look into a bit map, of the rest a binary search.
struct ScalarSet {
  /// Ascending, apart from each other. Without the negation.
  private(set) var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false

  init() {}
  init(_ ranges: [ClosedRange<UInt32>]) { for range in ranges { insert(range) } }

  mutating func insert(_ scalar: UInt32) { insert(scalar...scalar) }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    // Ranges that overlap or touch the new one become one with it.
    let first = ranges.firstIndex { UInt64($0.upperBound) + 1 >= UInt64(range.lowerBound) } ?? ranges.count
    var low = range.lowerBound
    var high = range.upperBound
    var last = first
    while last < ranges.count, UInt64(ranges[last].lowerBound) <= UInt64(high) + 1 {
      low = min(low, ranges[last].lowerBound)
      high = max(high, ranges[last].upperBound)
      last += 1
    }
    ranges.replaceSubrange(first..<last, with: [low...high])
  }

  mutating func formUnion(_ other: ScalarSet) {
    for range in other.isNegated ? other.complement : other.ranges { insert(range) }
  }

  private var complement: [ClosedRange<UInt32>] {
    var out: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { out.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { out.append(next...0x10FFFF) }
    return out
  }

  /// Membership before the negation.
  func lists(_ scalar: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar
  }

  static let digit = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  /// `.`: all but a line's end.
  static let dot: ScalarSet = {
    var set = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    set.isNegated = true
    return set
  }()

  /// The classes with names, `[:alpha:]`: ASCII.
  static func named(_ name: String) -> ScalarSet? {
    switch name {
    case "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A])
    case "digit", "d": digit
    case "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
    case "upper": ScalarSet([0x41...0x5A])
    case "lower": ScalarSet([0x61...0x7A])
    case "space", "s": space
    case "blank": ScalarSet([0x09...0x09, 0x20...0x20])
    case "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    case "cntrl": ScalarSet([0x00...0x1F, 0x7F...0x7F])
    case "print": ScalarSet([0x20...0x7E])
    case "graph": ScalarSet([0x21...0x7E])
    case "word", "w": word
    default: nil
    }
  }
}

/// Upper and lower case of one character, where the other case is one character too.
enum LetterCase {
  static func lower(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return (0x41...0x5A).contains(value) ? value | 0x20 : value }
    return single(value) { $0.lowercaseMapping }
  }

  static func upper(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return (0x61...0x7A).contains(value) ? value & ~0x20 : value }
    return single(value) { $0.uppercaseMapping }
  }

  private static func single(_ value: UInt32, _ mapping: (Unicode.Scalar.Properties) -> String) -> UInt32 {
    guard let scalar = Unicode.Scalar(value) else { return value }
    let mapped = mapping(scalar.properties).unicodeScalars
    guard let first = mapped.first, mapped.count == 1 else { return value }
    return first.value
  }
}
