/// Reads the text of a regular expression into a tree. Bounded: the text's length, the depth of groups, their number.
struct PatternParser {
  static let depthLimit = 100
  static let groupLimit = 64
  static let countLimit = 1_000

  private let scalars: [Unicode.Scalar]
  private var at = 0
  private(set) var groups = 0
  private(set) var isIgnoringCase: Bool

  init(_ text: String, ignoringCase: Bool) throws(PatternError) {
    guard text.utf8.count <= Limits.patternBytes else {
      throw PatternError(position: 1, "longer than \(Limits.patternBytes) bytes")
    }
    scalars = Array(text.unicodeScalars)
    isIgnoringCase = ignoringCase
    if scalars.starts(with: "(?i)".unicodeScalars) {
      isIgnoringCase = true
      at = 4
    }
  }

  mutating func parse() throws(PatternError) -> PatternNode {
    let node = try either(depth: 0)
    // Only a ')' ends the outermost alternatives early.
    if at < scalars.count { throw fault("')' without its '(' (write \\) for the character)") }
    return node
  }

  /// `position` counts from 0; the message from 1.
  private func fault(_ message: String, at position: Int? = nil) -> PatternError {
    PatternError(position: (position ?? at) + 1, message)
  }

  private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  private mutating func either(depth: Int) throws(PatternError) -> PatternNode {
    var options = [try sequence(depth: depth)]
    while take("|") { options.append(try sequence(depth: depth)) }
    return options.count == 1 ? options[0] : .either(options)
  }

  private mutating func sequence(depth: Int) throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let node = try atom(scalar, depth: depth)
      nodes.append(try quantified(node))
    }
    switch nodes.count {
    case 0: return .empty
    case 1: return nodes[0]
    default: return .sequence(nodes)
    }
  }

  private mutating func atom(_ scalar: Unicode.Scalar, depth: Int) throws(PatternError) -> PatternNode {
    switch scalar {
    case "*", "+", "?":
      throw fault("'\(scalar)' has nothing before it to repeat (write \\\(scalar) for the character)")
    case "{":
      if try counts() != nil { throw fault("nothing before it to repeat (write \\{ for the character)", at: at - 1) }
      at += 1
      return .scalar(scalar.value)
    case "(": return try group(depth: depth)
    case "[": return .set(try bracket())
    case ".":
      at += 1
      return .set(.dot)
    case "^":
      at += 1
      return .assertion(.start)
    case "$":
      at += 1
      return .assertion(.end)
    case "\\": return try escape()
    default:
      at += 1
      return .scalar(scalar.value)
    }
  }

  private mutating func group(depth: Int) throws(PatternError) -> PatternNode {
    let open = at
    guard depth < Self.depthLimit else { throw fault("groups nested deeper than \(Self.depthLimit)") }
    at += 1
    var number: Int?
    if take("?") {
      switch next {
      case ":": at += 1
      case "=", "!":
        throw fault("look-ahead is not supported: it cannot be matched in linear time (use alternatives, or two masks)", at: open)
      case "<":
        let after = at + 1 < scalars.count ? scalars[at + 1] : " "
        if after == "=" || after == "!" {
          throw fault("look-behind is not supported: it cannot be matched in linear time (use a group)", at: open)
        }
        throw fault("groups with names are not supported (use a plain group, by its number)", at: open)
      case "P": throw fault("groups with names are not supported (use a plain group, by its number)", at: open)
      case "i": throw fault("(?i) is supported only at the very beginning", at: open)
      default: throw fault("unknown kind of group (write (?: ) for one without a capture, \\( for the character)", at: open)
      }
    } else {
      groups += 1
      guard groups <= Self.groupLimit else {
        throw fault("more than \(Self.groupLimit) groups (use (?: ) where no capture is needed)", at: open)
      }
      number = groups
    }
    let inner = try either(depth: depth + 1)
    guard take(")") else { throw fault("'(' without its ')' (write \\( for the character)", at: open) }
    return .group(inner, number: number)
  }

  // MARK: Quantifiers

  private mutating func quantified(_ node: PatternNode) throws(PatternError) -> PatternNode {
    let place = at
    var least = 0
    var most: Int?
    switch next {
    case "*": at += 1
    case "+":
      at += 1
      least = 1
    case "?":
      at += 1
      most = 1
    case "{":
      guard let counts = try counts() else { return node }
      (least, most) = counts
    default: return node
    }
    if case .assertion = node { throw fault("an anchor cannot be repeated", at: place) }
    let isLazy = take("?")
    switch next {
    case "*", "+", "?": throw fault("a second quantifier on the same piece (put the piece in a group to repeat it again)")
    case "{":
      let second = at
      if try counts() != nil {
        throw fault("a second quantifier on the same piece (put the piece in a group to repeat it again)", at: second)
      }
    default: break
    }
    return .repeated(node, least: least, most: most, isLazy: isLazy, position: place + 1)
  }

  /// Reads `{n}`, `{n,}` or `{n,m}`. What is not of this form is no quantifier: nil, and nothing is taken.
  private mutating func counts() throws(PatternError) -> (Int, Int?)? {
    let start = at
    var index = at + 1
    func number() -> Int? {
      var value: Int?
      while index < scalars.count, ("0"..."9").contains(scalars[index]) {
        // Beyond the limit it does not matter by how much.
        value = min((value ?? 0) * 10 + Int(scalars[index].value - 0x30), Self.countLimit + 1)
        index += 1
      }
      return value
    }
    guard let least = number() else { return nil }
    var most: Int? = least
    if index < scalars.count, scalars[index] == "," {
      index += 1
      most = number()
    }
    guard index < scalars.count, scalars[index] == "}" else { return nil }
    guard least <= Self.countLimit, (most ?? 0) <= Self.countLimit else {
      throw fault("repeated more than \(Self.countLimit) times (use * or + for any number)", at: start)
    }
    if let most, most < least { throw fault("{\(least),\(most)}: the second number is the smaller one", at: start) }
    at = index + 1
    return (least, most)
  }

  // MARK: Escapes

  private mutating func escape() throws(PatternError) -> PatternNode {
    let start = at
    at += 1
    guard let scalar = next else { throw fault("a '\\' at the end (write \\\\ for the character)", at: start) }
    if let set = Self.classEscape(scalar) {
      at += 1
      return .set(set)
    }
    switch scalar {
    case "b", "B":
      at += 1
      return .assertion(scalar == "b" ? .wordEdge : .noWordEdge)
    case "A", "z":
      at += 1
      return .assertion(scalar == "A" ? .start : .end)
    case "1"..."9":
      throw fault("back references are not supported: they cannot be matched in linear time (write the piece again)", at: start)
    case "p", "P":
      throw fault("Unicode classes are not supported (list ranges, as [\\u0400-\\u04FF])", at: start)
    default: return .scalar(try characterEscape(start))
    }
  }

  private static func classEscape(_ scalar: Unicode.Scalar) -> ScalarSet? {
    var set: ScalarSet
    switch scalar {
    case "d", "D": set = .digit
    case "w", "W": set = .word
    case "s", "S": set = .space
    default: return nil
    }
    set.isNegated = scalar.value < 0x61
    return set
  }

  /// One character after a `\`; `at` stands behind the `\`.
  private mutating func characterEscape(_ start: Int) throws(PatternError) -> UInt32 {
    let scalar = scalars[at]
    at += 1
    switch scalar {
    case "n": return 0x0A
    case "t": return 0x09
    case "r": return 0x0D
    case "f": return 0x0C
    case "v": return 0x0B
    case "0":
      if let digit = next, ("0"..."9").contains(digit) { throw fault("octal is not supported (write \\xHH)", at: start) }
      return 0
    case "x": return try digits(2, start)
    case "u":
      if next == "{" {
        at += 1
        var value: UInt32 = 0
        var count = 0
        while let digit = next?.hexDigit, count < 6 {
          value = value << 4 | digit
          count += 1
          at += 1
        }
        guard count > 0, take("}"), Unicode.Scalar(value) != nil else {
          throw fault("\\u{…} wants a character's number, 0 to 10FFFF", at: start)
        }
        return value
      }
      let value = try digits(4, start)
      guard Unicode.Scalar(value) != nil else {
        throw fault("half of a surrogate pair (write \\u{…} with the whole number)", at: start)
      }
      return value
    case "a"..."z", "A"..."Z", "_":
      throw fault("unknown escape \\\(scalar) (write \(scalar) for the character)", at: start)
    default: return scalar.value
    }
  }

  private mutating func digits(_ count: Int, _ start: Int) throws(PatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = next?.hexDigit else { throw fault("\(count) hexadecimal digits are expected", at: start) }
      value = value << 4 | digit
      at += 1
    }
    return value
  }

  // MARK: Classes

  private mutating func bracket() throws(PatternError) -> ScalarSet {
    let open = at
    at += 1
    var set = ScalarSet()
    set.isNegated = take("^")
    if next == "]" { throw fault("an empty class (write [\\]…] for a class with the character)", at: open) }
    while true {
      guard let scalar = next else { throw fault("'[' without its ']' (write \\[ for the character)", at: open) }
      if scalar == "]" { break }
      let place = at
      guard let low = try member(into: &set) else { continue }
      // A '-' before the ']' is itself.
      guard next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else {
        set.insert(low)
        continue
      }
      at += 1
      var other = ScalarSet()
      guard let high = try member(into: &other) else { throw fault("a range cannot end in a class (put the '-' last)", at: place) }
      guard low <= high else { throw fault("a range whose end is before its beginning", at: place) }
      set.insert(low...high)
    }
    at += 1
    if isIgnoringCase { foldASCII(&set) }
    return set
  }

  /// One character of a class; nil for a whole class such as `\d` or `[:alpha:]`, which is put into the set.
  private mutating func member(into set: inout ScalarSet) throws(PatternError) -> UInt32? {
    let start = at
    guard let scalar = next else { throw fault("'[' without its ']'") }
    at += 1
    if scalar == "[", let mark = next, mark == ":" || mark == "." || mark == "=" {
      if let close = closing(mark) {
        let name = String(String.UnicodeScalarView(scalars[(at + 1)..<close]))
        guard mark == ":" else { throw fault("collating elements are not supported (list the characters)", at: start) }
        guard let named = ScalarSet.named(name) else {
          throw fault(
            "unknown class [:\(name):] (there are alpha, digit, alnum, upper, lower, space, blank, punct, xdigit, cntrl, print, graph, word)",
            at: start)
        }
        set.formUnion(named)
        at = close + 2
        return nil
      }
    }
    guard scalar == "\\" else { return scalar.value }
    guard let escaped = next else { throw fault("a '\\' at the end", at: start) }
    if let named = Self.classEscape(escaped) {
      set.formUnion(named)
      at += 1
      return nil
    }
    if escaped == "b" {
      at += 1
      return 0x08
    }
    if ("1"..."9").contains(escaped) { throw fault("octal is not supported (write \\xHH)", at: start) }
    return try characterEscape(start)
  }

  /// Where `:]` (or `.]`, `=]`) closes what `[:` has opened: only letters between.
  private func closing(_ mark: Unicode.Scalar) -> Int? {
    var index = at + 1
    while index < scalars.count, ("a"..."z").contains(scalars[index]) || ("A"..."Z").contains(scalars[index]) || mark != ":" {
      if mark != ":", scalars[index] == mark { break }
      if scalars[index] == "]" { return nil }
      index += 1
    }
    guard index + 1 < scalars.count, scalars[index] == mark, scalars[index + 1] == "]" else { return nil }
    return index
  }

  private func foldASCII(_ set: inout ScalarSet) {
    for letter in UInt32(0x61)...0x7A {
      if set.lists(letter) { set.insert(letter & ~0x20) } else if set.lists(letter & ~0x20) { set.insert(letter) }
    }
  }
}

extension Unicode.Scalar {
  /// The value of a hexadecimal digit.
  fileprivate var hexDigit: UInt32? {
    switch self {
    case "0"..."9": value - 0x30
    case "a"..."f": value - 0x61 + 10
    case "A"..."F": value - 0x41 + 10
    default: nil
    }
  }
}
