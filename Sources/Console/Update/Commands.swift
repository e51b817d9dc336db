import Model

/// The commands of `reeve` on the command line.
extension ConsoleModel {
  /// Lines that are kept, and the bytes of one.
  static let longestHistory = 100
  static let longestLine = 500

  /// Hands a line to the code of `reeve`.
  mutating func runCommand(_ line: String, isConfirmed: Bool = false) -> [ConsoleEffect] {
    guard link.isConnected else {
      say("\(line): no connection to the server", .bad)
      return []
    }
    lastRequest += 1
    commands[lastRequest] = line
    say("\(line)…")
    return [.command(lastRequest, TypedCommand(line: line, columns: max(20, size.columns - 6), isConfirmed: isConfirmed))]
  }

  mutating func commandDone(_ request: RequestNumber, _ outcome: CommandOutcome) {
    guard let line = commands.removeValue(forKey: request) else { return }
    switch outcome {
    case .failed(let reason): say(reason, .bad)
    case .asks(let question):
      guard overlay == nil, prompt == nil else { return say("\(line): not asked, because you went on; give it again", .bad) }
      message = nil
      overlay = .confirm(ConfirmOverlay(question: question, lines: [":\(line)"], verb: "Yes", command: line))
    case .done(let lines, let complaints):
      if let first = complaints.first, lines.isEmpty, complaints.count == 1 { return say(first, .bad) }
      if complaints.isEmpty, lines.count <= 1 { return say("\(line): \(lines.first ?? "done")", .good) }
      read(line, lines + complaints)
      say(
        "\(line): " + (complaints.isEmpty ? "\(lines.count) done" : "\(complaints.count) not done"),
        complaints.isEmpty ? .good : .bad)
    case .printed(let lines):
      message = nil
      if lines.isEmpty { return say("\(line): nothing to show") }
      read(line, lines)
    }
  }

  /// Shows text, unless something else is open by now.
  private mutating func read(_ line: String, _ lines: [String]) {
    guard overlay == nil, prompt == nil else { return say("\(line): you went on meanwhile; give it again to read it") }
    overlay = .reader(ReaderOverlay(title: line, isManual: false, lines: lines))
  }

  // MARK: - History

  /// Remembers a line: the same one is not kept twice in a row.
  mutating func remember(_ line: String) {
    let line = line.trimmed
    guard !line.isEmpty, line != history.last, line.utf8.count <= Self.longestLine else { return }
    history.append(line)
    if history.count > Self.longestHistory { history.removeFirst(history.count - Self.longestHistory) }
  }

  /// Up and Down: the lines before. What was being typed waits behind the newest.
  mutating func recall(older: Bool) {
    guard var prompt, !history.isEmpty else { return }
    if prompt.recalled == nil { prompt.draft = prompt.editor.string }
    let at = (prompt.recalled ?? history.count) + (older ? -1 : 1)
    guard at >= 0 else { return }
    if at < history.count {
      prompt.recalled = at
      prompt.editor.replace(history[at])
    } else {
      prompt.recalled = nil
      prompt.editor.replace(prompt.draft)
    }
    prompt.hints = []
    self.prompt = prompt
  }
}
