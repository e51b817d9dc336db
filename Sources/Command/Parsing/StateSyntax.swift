import Model

/// States on the command line: Afanasy's three letters or a word, several with commas.
enum StateSyntax {
  static let jobWords: [(String, StateBits)] = [
    ("ready", .ready), ("running", .running), ("waiting", .waitDependency), ("done", .done), ("error", .error),
    ("skipped", .skipped), ("paused", .offline), ("warning", .warning), ("suspended", .suspended), ("reconnecting", .waitReconnect),
  ]

  /// - Throws: `Failure(.usage)` that lists what there is.
  static func jobs(_ text: String) throws(Failure) -> StateBits {
    var bits: StateBits = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let found = jobWords.first(where: { $0.0 == word.lowercased() })?.1 ?? StateBits(token: word) {
        bits.insert(found)
      } else {
        let words = jobWords.map(\.0).joined(separator: ", ")
        throw Failure(.usage, "--state: \"\(word)\" is no state (expected \(words), or Afanasy's letters as RDY)")
      }
    }
    return bits
  }

  /// States of renders: any of some bits, or offline.
  struct Renders: Hashable {
    var any: RenderState = []
    var offline = false

    func matches(_ state: RenderState) -> Bool {
      !state.isDisjoint(with: any) || (offline && !state.contains(.online))
    }
  }

  static let renderWords: [(String, RenderState)] = [
    ("online", .online), ("busy", .busy), ("nimby", .nimby), ("NIMBY", .NIMBY), ("paused", .paused), ("sick", .sick),
    ("falling", .wolFalling), ("sleeping", .wolSleeping), ("waking", .wolWaking),
  ]

  static func renders(_ text: String) throws(Failure) -> Renders {
    var wanted = Renders()
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      // nimby and NIMBY are two states: the case counts.
      if word == "offline" || word == "OFF" {
        wanted.offline = true
      } else if let found = renderWords.first(where: { $0.0 == word })?.1 ?? RenderState.tokens.first(where: { $0.1 == word })?.0 {
        wanted.any.insert(found)
      } else {
        let words = (["offline"] + renderWords.map(\.0)).joined(separator: ", ")
        throw Failure(.usage, "--state: \"\(word)\" is no state of a render (expected \(words), or Afanasy's letters as RUN)")
      }
    }
    return wanted
  }
}
