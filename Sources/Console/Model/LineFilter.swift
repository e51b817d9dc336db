import Model

/// An expression that a line must match; with `!` before it, must not.
struct LinePattern: Sendable {
  private let pattern: Pattern
  private let isInverted: Bool

  /// Small letters match capitals too, unless the expression has a capital, as when searching.
  ///
  /// - Throws: what is wrong with the expression, and where.
  init(_ text: String) throws(FilterFault) {
    isInverted = text.first == "!"
    let expression = isInverted ? String(text.dropFirst()) : text
    do {
      // An escaped letter (`\S`) is no capital.
      var isExact = false
      var isEscaped = false
      for character in expression {
        if !isEscaped, character.isUppercase { isExact = true }
        isEscaped = character == "\\" && !isEscaped
      }
      pattern = try Pattern(expression, ignoringCase: !isExact)
    } catch {
      throw FilterFault(message: "“\(expression)”: \(error)")
    }
  }

  func passes(_ line: String) -> Bool { pattern.isFound(in: line) != isInverted }
}

/// Which lines of a log are shown: those that match an expression, or those that do not.
struct LineFilter: Sendable {
  /// As it was typed: an expression, with `!` before it for the lines that do not match.
  let text: String
  private let pattern: LinePattern
  /// Lines of the buffer that are shown, ascending.
  private(set) var shown: [Int] = []
  /// Lines of the buffer that were looked at. The last one may still grow, so it is looked at again.
  private var examined = 0

  /// - Throws: what is wrong with the expression, and where.
  init(_ text: String) throws(FilterFault) {
    self.text = text
    pattern = try LinePattern(text)
  }

  /// The same for another output.
  var anew: LineFilter {
    var filter = self
    filter.shown = []
    filter.examined = 0
    return filter
  }

  /// Looks at what is new in the buffer. Costs in terms of the new lines.
  mutating func look(at buffer: LogBuffer) {
    if examined > 0 {
      examined -= 1
      if shown.last == examined { shown.removeLast() }
    }
    while examined < buffer.count {
      if pattern.passes(buffer.text(examined)) { shown.append(examined) }
      examined += 1
    }
  }

  /// The oldest lines of the buffer went. Returns how many of those that are shown went with them.
  mutating func drop(lines: Int) -> Int {
    let gone = shown.prefix { $0 < lines }.count
    shown = shown.dropFirst(gone).map { $0 - lines }
    examined = max(0, examined - lines)
    return gone
  }
}

/// Lines in which a program tells of something wrong.
enum ErrorWords {
  private static let words: [Search] = [
    "error", "fatal", "failed", "failure", "exception", "traceback", "segmentation fault", "critical", "cannot ", "could not ",
    "out of memory", "no such file", "permission denied", "killed", "aborted",
  ].map(Search.init)

  static func isFound(in line: ArraySlice<UInt8>) -> Bool { words.contains { $0.isFound(in: line) } }
}

extension LogPage {
  /// Lines that can be shown.
  var count: Int { filter?.shown.count ?? buffer.count }

  /// Which line of the buffer the one is that is shown at this place.
  func held(_ line: Int) -> Int { filter.map { $0.shown[line] } ?? line }
  func line(_ line: Int) -> ArraySlice<UInt8> { buffer.line(held(line)) }
  func text(_ line: Int) -> String { buffer.text(held(line)) }

  func arrival(_ line: Int) -> Instant? { buffer.arrival(held(line)) }

  /// Shows only lines that pass; nil: all. What was at the top stays there, or what follows it.
  mutating func show(only filter: LineFilter?) {
    let top = top.line < count ? held(top.line) : nil
    let match = match.flatMap { $0 < count ? held($0) : nil }
    self.filter = filter
    self.filter?.look(at: buffer)
    guard let shown = self.filter?.shown else {
      self.top = LogPlace(line: top ?? 0)
      self.match = match
      return
    }
    self.top = LogPlace(line: top.flatMap { top in shown.firstIndex { $0 >= top } } ?? max(0, shown.count - 1))
    self.match = match.flatMap { match in shown.firstIndex(of: match) }
  }

  /// The next line for which something holds, from `line` on in a direction, around the end.
  func first(from line: Int, forward: Bool, where holds: (ArraySlice<UInt8>) -> Bool) -> Int? {
    guard count > 0 else { return nil }
    for step in 0..<count {
      let at = ((line + (forward ? step : -step)) % count + count) % count
      if holds(self.line(at)) { return at }
    }
    return nil
  }

  /// Goes to the next line that tells of something wrong; false when none does.
  mutating func findError(forward: Bool) -> Bool {
    let from = (match ?? top.line + (forward ? -1 : 0)) + (forward ? 1 : -1)
    guard let found = first(from: from, forward: forward, where: ErrorWords.isFound) else { return false }
    show(match: found)
    return true
  }
}
