/// Search for plain bytes.
enum Literal {
  static func equals(_ bytes: UnsafeBufferPointer<UInt8>, _ literal: [UInt8]) -> Bool {
    bytes.count == literal.count && begins(bytes, at: 0, with: literal)
  }

  /// Where the literal next begins, at `from` or later.
  static func find(_ literal: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
    guard let first = literal.first else { return from <= bytes.count ? from : nil }
    var at = from
    // Quadratic only in the literal, which is bounded by `Limits.patternBytes` and in practice a word.
    let last = bytes.count - literal.count
    while at <= last {
      if bytes[at] == first, begins(bytes, at: at, with: literal) { return at }
      at += 1
    }
    return nil
  }

  private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, at: Int, with literal: [UInt8]) -> Bool {
    for index in 0..<literal.count where bytes[at + index] != literal[index] { return false }
    return true
  }
}
