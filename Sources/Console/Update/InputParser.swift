/// Bytes from a terminal in, keys out: pure, and indifferent to how the bytes were cut into reads.
///
/// Our own and not ncurses', whose parser turns a sequence that it does not know (an answer of the terminal, a mouse report in
/// the other dialect) into single keys: bytes of a click would press letters here. A sequence that is unknown to this parser is
/// one `.unknown`. What is incomplete is held until more comes; `expire` says that nothing more will.
public struct InputParser: Sendable {
  private var pending: [UInt8] = []
  /// The text of a paste that has begun and not ended.
  private var pasted: [UInt8]?

  /// What is left of a sequence that is too long to be held: it is dropped up to its end.
  private enum Rest { case control, string }
  private var rest: Rest?

  /// Longest paste that is kept, in bytes; the rest is dropped.
  static let longestPaste = 64 << 10
  /// Longest answer of a terminal (OSC, DCS…) that is waited for, in bytes.
  static let longestString = 4096
  /// Longest control sequence, in bytes.
  static let longestControl = 64

  public init() {}

  /// Whether a lone ESC, or the beginning of a sequence, waits for more.
  public var isWaiting: Bool { pasted == nil && (rest != nil || pending.first == 0x1B) }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Input] {
    pending.append(contentsOf: bytes)
    var inputs: [Input] = []
    var at = 0
    scan: while at < pending.count {
      if pasted != nil {
        let (end, isComplete) = takePaste(from: at)
        at = end
        if !isComplete { break }
        inputs.append(.paste(String(decoding: pasted ?? [], as: UTF8.self)))
        pasted = nil
        continue
      }
      if let rest {
        guard let end = self.end(of: rest, from: at) else {
          // The first half of what ends a string may be the last byte.
          at = rest == .string && pending.last == 0x1B ? pending.count - 1 : pending.count
          break
        }
        at = end
        self.rest = nil
        continue
      }
      switch next(pending[at...]) {
      case .incomplete: break scan
      case .tooLong(let count, let rest):
        at += count
        self.rest = rest
        inputs.append(.unknown("too long"))
      case .taken(let count, let input):
        at += count
        if let input { inputs.append(input) }
      case .pasteStarts(let count):
        at += count
        pasted = []
      }
    }
    pending.removeFirst(at)
    return inputs
  }

  /// Nothing followed for a while: a lone ESC is the Escape key, the rest of a broken sequence is dropped.
  public mutating func expire() -> [Input] {
    guard isWaiting else { return [] }
    defer { pending.removeAll() }
    if rest != nil {
      rest = nil
      return []
    }
    if pending == [0x1B] { return [.key(.escape)] }
    if pending.count == 2 { return [.key(.character(Character(Unicode.Scalar(pending[1]))), .alt)] }
    return [.unknown("broken")]
  }

  private enum Step {
    case incomplete
    case taken(Int, Input?)
    /// So many bytes are taken, and all that follow up to the end of the sequence.
    case tooLong(Int, Rest)
    case pasteStarts(Int)
  }

  /// After the last byte of a sequence that is too long; nil: it is not here yet.
  private func end(of rest: Rest, from start: Int) -> Int? {
    var at = start
    while at < pending.count {
      let byte = pending[at]
      switch rest {
      case .control where (0x20..<0x40).contains(byte): break
      case .control: return (0x40..<0x7F).contains(byte) ? at + 1 : at
      case .string where byte == 0x07: return at + 1
      case .string where byte == 0x1B:
        guard at + 1 < pending.count else { return nil }
        return pending[at + 1] == 0x5C ? at + 2 : at
      case .string: break
      }
      at += 1
    }
    return nil
  }

  private mutating func takePaste(from start: Int) -> (end: Int, isComplete: Bool) {
    let mark: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]  // ESC [ 2 0 1 ~
    var at = start
    var isComplete = false
    while at < pending.count {
      if pending[at] == 0x1B {
        if pending[at...].starts(with: mark) {
          isComplete = true
          break
        }
        if mark.starts(with: pending[at...]) { break }  // the mark may go on in the next read
      }
      at += 1
    }
    let room = Self.longestPaste - (pasted?.count ?? 0)
    pasted?.append(contentsOf: pending[start..<at].prefix(max(0, room)))
    return (isComplete ? at + mark.count : at, isComplete)
  }

  private func next(_ bytes: ArraySlice<UInt8>) -> Step {
    let first = bytes[bytes.startIndex]
    switch first {
    case 0x1B: return escape(bytes)
    case 0x0D, 0x0A: return .taken(1, .key(.enter))
    case 0x09: return .taken(1, .key(.tab))
    case 0x7F, 0x08: return .taken(1, .key(.backspace))
    case 0x00: return .taken(1, .control(" "))
    case 0x01..<0x20: return .taken(1, .control(Character(Unicode.Scalar(first + (first < 0x1B ? 0x60 : 0x40)))))
    case 0x20..<0x7F: return .taken(1, .key(.character(Character(Unicode.Scalar(first)))))
    default: return utf8(bytes)
    }
  }

  private func utf8(_ bytes: ArraySlice<UInt8>) -> Step {
    let first = bytes[bytes.startIndex]
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
    if count == 0 || first > 0xF4 { return .taken(1, nil) }
    let part = bytes.prefix(count)
    if part.dropFirst().contains(where: { $0 & 0xC0 != 0x80 }) { return .taken(1, nil) }
    if part.count < count { return .incomplete }
    guard let character = String(decoding: part, as: UTF8.self).first, character != "\u{FFFD}" else { return .taken(count, nil) }
    return .taken(count, .key(.character(character)))
  }

  private func escape(_ bytes: ArraySlice<UInt8>) -> Step {
    guard bytes.count > 1 else { return .incomplete }
    let second = bytes[bytes.startIndex + 1]
    switch second {
    case 0x5B: return control(bytes)
    case 0x4F:
      guard bytes.count > 2 else { return .incomplete }
      return .taken(3, Self.letters[bytes[bytes.startIndex + 2]].map { .key($0) } ?? .unknown("SS3"))
    case 0x5D, 0x50, 0x5F, 0x5E: return string(bytes)
    case 0x1B: return .taken(1, .key(.escape))
    case 0x20..<0x7F: return .taken(2, .key(.character(Character(Unicode.Scalar(second))), .alt))
    default: return .taken(1, .key(.escape))
    }
  }

  /// OSC, DCS, APC, PM: to BEL or ST.
  private func string(_ bytes: ArraySlice<UInt8>) -> Step {
    var at = bytes.startIndex + 2
    while at < bytes.endIndex {
      // Before its end is looked for: wherever the bytes were cut, it is the same.
      if at - bytes.startIndex == Self.longestString { return .tooLong(Self.longestString, .string) }
      if bytes[at] == 0x07 { return .taken(at + 1 - bytes.startIndex, .unknown("string")) }
      if bytes[at] == 0x1B {
        guard at + 1 < bytes.endIndex else { return .incomplete }
        if bytes[at + 1] == 0x5C { return .taken(at + 2 - bytes.startIndex, .unknown("string")) }
        return .taken(at - bytes.startIndex, .unknown("string"))
      }
      at += 1
    }
    return .incomplete
  }

  private func control(_ bytes: ArraySlice<UInt8>) -> Step {
    guard let final = bytes.prefix(Self.longestControl).dropFirst(2).firstIndex(where: { !(0x20..<0x40).contains($0) }) else {
      return bytes.count < Self.longestControl ? .incomplete : .tooLong(Self.longestControl, .control)
    }
    // Something that cannot be in a control sequence ends it: the rest is read anew.
    guard (0x40..<0x7F).contains(bytes[final]) else { return .taken(final - bytes.startIndex, .unknown("CSI")) }
    let count = final + 1 - bytes.startIndex
    let body = bytes[bytes.startIndex + 2..<final]
    if bytes[final] == 0x4D, body.isEmpty {  // X10 mouse: three more bytes
      guard bytes.count >= count + 3 else { return .incomplete }
      let codes = bytes[final + 1..<final + 4].map { Int($0) - 32 }
      return .taken(count + 3, mouse(codes[0], codes[1], codes[2], released: codes[0] & 3 == 3))
    }
    let isMouse = body.first == 0x3C
    if let mark = body.first, !isMouse, (0x3C...0x3F).contains(mark) { return .taken(count, .unknown("CSI")) }
    let numbers = (isMouse ? body.dropFirst() : body)
      .split(separator: 0x3B, omittingEmptySubsequences: false)
      .map { part in min(Int(String(decoding: part.prefix { $0 != 0x3A }, as: UTF8.self)) ?? 0, 1 << 24) }
    if isMouse {
      guard numbers.count == 3 else { return .taken(count, .unknown("CSI")) }
      return .taken(count, mouse(numbers[0], numbers[1], numbers[2], released: bytes[final] == 0x6D))
    }
    let modifiers = Modifiers(rawValue: UInt8(max(0, (numbers.count > 1 ? numbers[1] : 1) - 1) & 7))
    if bytes[final] == 0x7E, numbers.first == 200 { return .pasteStarts(count) }
    return .taken(count, key(final: bytes[final], numbers, modifiers))
  }

  private func key(final: UInt8, _ numbers: [Int], _ modifiers: Modifiers) -> Input {
    switch final {
    case 0x7E: Self.numbered[numbers.first ?? 0].map { .key($0, modifiers) } ?? .unknown("CSI")
    case 0x75: kitty(numbers.first ?? 0, modifiers)
    case 0x49: .focus(true)
    case 0x4F: .focus(false)
    case 0x5A: .key(.tab, .shift)
    default: Self.letters[final].map { .key($0, modifiers) } ?? .unknown("CSI")
    }
  }

  private func kitty(_ code: Int, _ modifiers: Modifiers) -> Input {
    switch code {
    case 27: return .key(.escape, modifiers)
    case 13: return .key(.enter, modifiers)
    case 9: return .key(.tab, modifiers)
    case 127: return .key(.backspace, modifiers)
    default:
      guard code >= 32, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return .unknown("CSI") }
      return .key(.character(Character(scalar)), modifiers)
    }
  }

  private func mouse(_ code: Int, _ x: Int, _ y: Int, released: Bool) -> Input {
    let modifiers = Modifiers(
      rawValue: UInt8((code & 4 != 0 ? 1 : 0) | (code & 8 != 0 ? 2 : 0) | (code & 16 != 0 ? 4 : 0)))
    let kind: Mouse =
      switch (code & 64 != 0, code & 32 != 0, code & 3) {
      case (true, _, 0): .wheelUp
      case (true, _, 1): .wheelDown
      case (true, _, 2): .wheelLeft
      case (true, _, _): .wheelRight
      case (_, true, 3): .move
      case (_, true, let button): .drag(button + 1)
      case (_, _, let button): released ? .release(button + 1) : .press(button + 1)
      }
    return .mouse(kind, row: y - 1, column: x - 1, modifiers)
  }

  private static let letters: [UInt8: Key] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x48: .home, 0x46: .end, 0x4D: .enter,
    0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
  ]

  private static let numbered: [Int: Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
    17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
    23: .function(11), 24: .function(12),
  ]
}
