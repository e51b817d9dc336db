import Model

/// A filter as people type it: words that must be found in the name, and conditions such as `user:anna`, `state:err,run`,
/// `prio>50`, `host~r0[1-9]`. A `!` before a word or a condition inverts it; quotes keep spaces together.
///
/// Words are one regular expression together, for the server to look for in names.
struct FilterExpression<Field: FilterField>: Hashable, Sendable {
  /// Of the first condition on one user; a second one is a term.
  var user = ""
  /// States, any of them.
  var tokens: [String] = []
  var mask = ""
  /// Every other condition.
  var terms: [FilterTerm] = []

  /// - Throws: a sentence that says what is not understood, and what would be.
  init(_ text: String) throws(FilterFault) {
    var words: [String] = []
    for word in try FilterWords.split(text) {
      guard let condition = Self.condition(word) else {
        if word.first == "!", word.count > 1 {
          terms.append(try Self.found("name", String(word.dropFirst()), isInverted: true))
        } else {
          words.append(word)
        }
        continue
      }
      try add(condition)
    }
    mask = words.joined(separator: " ")
    if !mask.isEmpty { try Self.check(pattern: mask) }
    guard terms.count <= FilterTerm.most else { throw FilterFault(message: "a filter has at most \(FilterTerm.most) conditions") }
  }

  private struct Condition {
    var name: String
    var sign: String
    var value: String
    var isInverted: Bool
  }

  /// The longest first: `<=` is not `<` and then `=`.
  private static var signs: [String] { ["!=", "<=", ">=", ":", "=", "~", "<", ">"] }

  /// nil: a word to be found in names.
  private static func condition(_ word: String) -> Condition? {
    var rest = Substring(word)
    let isInverted = rest.first == "!"
    if isInverted { rest.removeFirst() }
    let name = rest.prefix { $0.isASCII && $0.isLetter }
    let after = rest.dropFirst(name.count)
    guard name.count > 1, let sign = signs.first(where: after.hasPrefix) else { return nil }
    return Condition(name: name.lowercased(), sign: sign, value: String(after.dropFirst(sign.count)), isInverted: isInverted)
  }

  private mutating func add(_ condition: Condition) throws(FilterFault) {
    guard let field = Field.named(condition.name) else {
      throw FilterFault(message: "no field is called “\(condition.name)”: use \(Field.names)")
    }
    guard !condition.value.isEmpty else { throw FilterFault(message: "what should \(condition.name) be? \(Self.example(field))") }
    var term = FilterTerm(field: field.rawValue, comparison: .equal, values: [], isInverted: condition.isInverted)
    if condition.sign == "!=" { term.isInverted.toggle() }
    let several = condition.value.split(separator: ",").map(String.init)
    switch (field.kind, condition.sign) {
    case (.text, "~"):
      terms.append(try Self.found(field.rawValue, condition.value, isInverted: condition.isInverted))
      return
    case (.text, ":"), (.text, "="), (.text, "!="):
      term.values = several
      if field.rawValue == "user", !term.isInverted, several.count == 1, user.isEmpty {
        user = several[0]
        return
      }
    case (.states, ":"), (.states, "="), (.states, "!="):
      if !term.isInverted {
        tokens += several
        return
      }
      term.values = [String(try Self.bits(several))]
    case (.number, ":"), (.number, "="), (.number, "!="):
      for value in several { term.values.append(try Self.number(value, condition.name)) }
    case (.number, "<"), (.number, "<="), (.number, ">"), (.number, ">="):
      term.values = [try Self.number(condition.value, condition.name)]
      let comparisons: [String: FilterTerm.Comparison] = ["<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual]
      term.comparison = comparisons[condition.sign] ?? .equal
    default: throw FilterFault(message: "\(condition.name) cannot be compared by \(condition.sign): \(Self.example(field))")
    }
    guard !term.values.isEmpty, term.values.count <= FilterTerm.mostValues else {
      throw FilterFault(message: "\(condition.name) takes 1 to \(FilterTerm.mostValues) values")
    }
    terms.append(term)
  }

  private static func example(_ field: Field) -> String {
    switch field.kind {
    case .text: "write \(field.rawValue):NAME, or \(field.rawValue)~EXPRESSION"
    case .states: "write \(field.rawValue):err or \(field.rawValue):run,err"
    case .number: "write \(field.rawValue):5, or one of < <= > >="
    }
  }

  private static func number(_ text: String, _ name: String) throws(FilterFault) -> String {
    let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard let value = Double(digits), value.isFinite else {
      throw FilterFault(message: "\(name) is a number, “\(text)” is none")
    }
    return digits
  }

  private static func found(_ field: String, _ pattern: String, isInverted: Bool) throws(FilterFault) -> FilterTerm {
    try check(pattern: pattern)
    return FilterTerm(field: field, comparison: .found, values: [pattern], isInverted: isInverted)
  }

  private static func check(pattern: String) throws(FilterFault) {
    do { _ = try Pattern(pattern) } catch { throw FilterFault(message: "“\(pattern)”: \(error)") }
  }

  // MARK: - States

  private static func bits(_ tokens: [String]) throws(FilterFault) -> UInt32 {
    Field.self == RenderField.self ? try StateFilter.render(tokens).rawValue : try StateFilter.job(tokens).rawValue
  }

  /// All of it as conditions, to stand beside a filter that there is.
  func conditions() throws(FilterFault) -> [FilterTerm] {
    var all = terms
    if !user.isEmpty { all.append(FilterTerm(field: "user", comparison: .equal, values: [user])) }
    if !tokens.isEmpty { all.append(FilterTerm(field: "state", comparison: .equal, values: [String(try Self.bits(tokens))])) }
    if !mask.isEmpty { all.append(FilterTerm(field: "name", comparison: .found, values: [mask])) }
    return all
  }

  func jobState() throws(FilterFault) -> StateBits { try StateFilter.job(tokens) }
  func renderState() throws(FilterFault) -> RenderState { try StateFilter.render(tokens) }
}

/// A line that is typed, taken apart.
enum FilterWords {
  /// Words, those in quotes with their spaces and without their quotes.
  static func split(_ text: String) throws(FilterFault) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    var isBegun = false
    for character in text {
      switch character {
      case "\"":
        isQuoted.toggle()
        isBegun = true
      case " " where !isQuoted:
        if isBegun { words.append(word) }
        word = ""
        isBegun = false
      default:
        word.append(character)
        isBegun = true
      }
    }
    if isQuoted { throw FilterFault(message: "a quote is not closed: write \" at its end too") }
    if isBegun { words.append(word) }
    return words.filter { !$0.isEmpty }
  }
}

/// States as people type them: words, or Afanasy's three letters.
enum StateFilter {
  /// - Throws: a sentence for a token that is no state.
  static func job(_ tokens: [String]) throws(FilterFault) -> StateBits {
    var bits: StateBits = []
    for token in tokens {
      guard let known = StateBits(token: token) ?? StateBits(token: token.uppercased()) ?? words[token.lowercased()] else {
        throw FilterFault(message: "no state is called “\(token)”: use RDY, RUN, WDP, DON, ERR, SKP, OFF, SUS…")
      }
      bits.formUnion(known)
    }
    return bits
  }

  static func render(_ tokens: [String]) throws(FilterFault) -> RenderState {
    var bits: RenderState = []
    for token in tokens {
      let found = RenderState.tokens.first { $0.1 == token } ?? RenderState.tokens.first { $0.1 == token.uppercased() }
      guard let known = found?.0 ?? renderWords[token.lowercased()] else {
        throw FilterFault(message: "no render state is called “\(token)”: use ONL, RUN, NbY, NBY, PAU, SIC…")
      }
      bits.formUnion(known)
    }
    return bits
  }

  private static let words: [String: StateBits] = [
    "ready": .ready, "running": .running, "waiting": [.waitDependency, .waitTime], "done": .done, "error": .error,
    "errors": .error, "skipped": .skipped, "paused": .offline, "offline": .offline, "warning": .warning, "suspended": .suspended,
  ]
  private static let renderWords: [String: RenderState] = [
    "online": .online, "busy": .busy, "running": .busy, "nimby": .nimby, "paused": .paused, "sick": .sick,
    "sleeping": .wolSleeping,
  ]
}

struct FilterFault: Error, Hashable {
  var message: String
}
