import Model

/// A filter as people type it: words that must be found in the name, `user:NAME`, `state:TOKEN` (several: any of them).
///
/// Words are one regular expression together, for the server to look for in names.
struct FilterExpression: Hashable, Sendable {
  var user = ""
  var tokens: [String] = []
  var mask = ""

  init(_ text: String) {
    var words: [Substring] = []
    for word in text.split(separator: " ") {
      if word.hasPrefix("user:") {
        user = String(word.dropFirst(5))
      } else if word.hasPrefix("state:") {
        tokens += word.dropFirst(6).split(separator: ",").map(String.init)
      } else {
        words.append(word)
      }
    }
    mask = words.joined(separator: " ")
  }

  /// - Throws: a sentence for a token that is no state.
  func jobState() throws(FilterFault) -> StateBits {
    var bits: StateBits = []
    for token in tokens {
      guard let known = StateBits(token: token) ?? Self.words[token.lowercased()] else {
        throw FilterFault(message: "no state is called “\(token)”: use RDY, RUN, WDP, DON, ERR, SKP, OFF, SUS…")
      }
      bits.formUnion(known)
    }
    return bits
  }

  func renderState() throws(FilterFault) -> RenderState {
    var bits: RenderState = []
    for token in tokens {
      let found = RenderState.tokens.first { $0.1 == token } ?? RenderState.tokens.first { $0.1 == token.uppercased() }
      guard let known = found?.0 ?? Self.renderWords[token.lowercased()] else {
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
