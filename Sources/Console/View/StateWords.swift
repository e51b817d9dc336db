import Model

/// States in words and in Afanasy's three letters, the most important first.
enum StateWords {
  /// What stands for all of a job's bits where there is room for one: also its colour.
  static func letter(_ bits: StateBits) -> StateLetter {
    if bits.contains(.waitReconnect) { return .waitReconnect }
    if bits.contains(.error) { return .error }
    if bits.contains(.offline) { return .suspended }
    if bits.contains(.running) { return bits.contains(.warning) ? .runningWarning : .running }
    if bits.contains(.done) { return bits.contains(.warning) ? .doneWarning : .done }
    if bits.contains(.skipped), bits.isDisjoint(with: [.ready, .waitDependency]) { return .skipped }
    if bits.contains(.suspended) { return .suspended }
    if bits.contains(.errorReady) { return .errorReady }
    if bits.contains(.tryNext) { return .tryNext }
    if bits.contains(.waitDependency) || bits.contains(.waitTime) { return .waitDependency }
    if bits.contains(.ready) { return .ready }
    return .nothing
  }

  private static let words: [(StateBits, String)] = [
    (.error, "error"), (.offline, "paused"), (.running, "running"), (.waitReconnect, "reconnecting"), (.done, "done"),
    (.warning, "warning"), (.skipped, "skipped"), (.suspended, "suspended"), (.errorReady, "tries again"), (.tryNext, "next"),
    (.waitDependency, "waits"), (.waitTime, "waits for its time"), (.ready, "ready"), (.parserError, "parser error"),
    (.parserBadResult, "bad result"), (.parserFatal, "fatal"), (.failedPost, "post failed"), (.badFiles, "bad files"),
    (.parserSuccess, "ended by parser"), (.previewApproval, "preview"),
  ]

  /// In full: `error, running`.
  static func text(_ bits: StateBits) -> String {
    let found = shown(bits)
    let list = words.filter { found.contains($0.0) }.map(\.1)
    return list.isEmpty ? "-" : list.joined(separator: ", ")
  }

  /// As many as fit: words where there is room, three letters otherwise.
  static func fitted(_ bits: StateBits, columns: Int, _ density: Density) -> String {
    let full = text(bits)
    switch density {
    case .full: return full.utf8.count <= columns ? full : full.split(separator: ",").first.map(String.init) ?? full
    case .short: break
    case .abbreviated: return firstToken(bits)
    }
    if columns >= 14, full.utf8.count <= columns { return full }
    let found = shown(bits)
    var out = ""
    for (bit, _) in words where found.contains(bit) {
      guard let token = StateBits.tokens.first(where: { $0.0 == bit })?.1 else { continue }
      if out.isEmpty {
        out = token
      } else if out.utf8.count + 4 <= columns {
        out += " " + token
      }
    }
    return out.isEmpty ? "-" : out
  }

  /// The three letters of the most important one.
  private static func firstToken(_ bits: StateBits) -> String {
    let found = shown(bits)
    guard let first = words.first(where: { found.contains($0.0) })?.0 else { return "-" }
    return StateBits.tokens.first { $0.0 == first }?.1 ?? "-"
  }

  /// A task's bits without what says nothing: a skipped task is done by rule.
  static func bits(_ task: TaskSummary) -> StateBits {
    task.phase == .skipped ? task.state.subtracting(.done) : task.state
  }

  /// Without what says nothing beside the rest: what tries again is ready.
  private static func shown(_ bits: StateBits) -> StateBits {
    var found = bits
    if found.contains(.errorReady) { found.remove(.ready) }
    return found
  }

  static func look(_ state: RenderState) -> Theme.RenderLook {
    if !state.isDisjoint(with: [.wolFalling, .wolSleeping, .wolWaking]) { return .asleep }
    if !state.contains(.online) { return .offline }
    if state.contains(.sick) { return .sick }
    if state.contains(.paused) { return .paused }
    if !state.isDisjoint(with: [.nimby, .NIMBY]) { return .nimby }
    return state.contains(.busy) ? .busy : .idle
  }

  /// What an operator acts on first.
  private static let renderWords: [(RenderState, String)] = [
    (.sick, "sick"), (.wolWaking, "waking"), (.wolFalling, "falling asleep"), (.wolSleeping, "asleep"), (.paused, "paused"),
    (.NIMBY, "NIMBY"), (.nimby, "nimby"), (.busy, "busy"), (.dirty, "dirty"),
  ]

  /// In full: `sick, busy`.
  static func text(_ state: RenderState) -> String {
    let list = words(shown(state))
    return list.isEmpty ? "idle" : list.joined(separator: ", ")
  }

  /// As many as fit, the most important first: words where there is room, Afanasy's letters otherwise.
  static func fitted(_ state: RenderState, columns: Int, _ density: Density) -> String {
    let full = text(state)
    if density != .abbreviated, full.utf8.count <= columns { return full }
    let found = shown(state)
    let list = words(found)
    if density == .full, let first = list.first, first.utf8.count <= columns { return joined(list, by: ", ", columns: columns) }
    let letters = (found.contains(.online) || isAsleep(found) ? [] : ["OFF"]) + tokens(found)
    return letters.isEmpty ? "-" : String(joined(letters, by: " ", columns: columns).prefix(columns))
  }

  private static func words(_ state: RenderState) -> [String] {
    let list = renderWords.filter { state.contains($0.0) }.map(\.1)
    return state.contains(.online) || isAsleep(state) ? list : ["offline"] + list
  }

  private static func tokens(_ state: RenderState) -> [String] {
    renderWords.filter { state.contains($0.0) }.compactMap { word in RenderState.tokens.first { $0.0 == word.0 }?.1 }
  }

  /// The first of them, and those after it that fit.
  private static func joined(_ words: [String], by separator: String, columns: Int) -> String {
    var out = words.first ?? ""
    for word in words.dropFirst() where out.utf8.count + separator.utf8.count + word.utf8.count <= columns {
      out += separator + word
    }
    return out
  }

  /// Off on purpose, so that "offline" says nothing more.
  private static func isAsleep(_ state: RenderState) -> Bool { !state.isDisjoint(with: [.wolSleeping, .wolWaking]) }

  /// Without what says nothing beside the rest: what is being woken sleeps, and what is not there is not busy.
  private static func shown(_ state: RenderState) -> RenderState {
    var found = state
    if found.contains(.wolWaking) { found.remove(.wolSleeping) }
    if !found.contains(.online) { found.remove(.busy) }
    return found
  }
}
