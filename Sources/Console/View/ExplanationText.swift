import Model

/// Why something waits, as lines that fit.
enum ExplanationText {
  static func lines(_ info: InfoOverlay, _ model: ConsoleModel) -> [DialogLine] {
    if let failure = info.failure { return [DialogLine(left: failure)] }
    guard let explanation = info.explanation else { return [DialogLine(left: "asking…")] }
    let columns = min(96, model.size.columns - 8)
    func wrapped(_ text: String, indent: Int) -> [DialogLine] {
      ConfirmLines.wrapped(text, columns: columns - indent).map {
        DialogLine(left: String(repeating: " ", count: indent) + $0)
      }
    }
    var lines = ConfirmLines.wrapped(explanation.subject, columns: columns).map { DialogLine(left: $0, isHeading: true) }
    lines += wrapped(explanation.verdict, indent: 0)
    for rule in explanation.rules {
      lines.append(DialogLine())
      let renders = rule.renders < 0 ? "" : ": \(rule.renders) \(rule.renders == 1 ? "render" : "renders")"
      lines.append(DialogLine(left: "\(rule.key) of \(rule.node)\(renders)", isHeading: true))
      lines += wrapped(rule.text, indent: 2)
    }
    return lines
  }
}
