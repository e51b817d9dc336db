import Model
import Text

/// Why something does not run, or why it does.
enum ExplanationPresentation {
  static func lines(_ explanation: Explanation, width: Int?, colours: Bool = false) -> [String] {
    let head = "\(Sanitize.line(explanation.subject)): \(Sanitize.line(explanation.verdict))"
    guard !explanation.rules.isEmpty else { return [head] }
    var table = Table([.init("RENDERS", .right), .init("RULE"), .init("OF", minimum: 8, dropRank: 1), .init("WHY", minimum: 30)])
    for rule in explanation.rules {
      table.add([.init(rule.renders < 0 ? "-" : "\(rule.renders)"), .init(rule.key), .init(rule.node), .init(rule.text)])
    }
    return [head, ""] + table.lines(width: width, colours: colours)
  }

  static func json(_ explanation: Explanation) -> JSONValue {
    .object([
      "explanation": .object([
        "subject": .string(explanation.subject), "verdict": .string(explanation.verdict),
        "rules": .array(
          explanation.rules.map {
            .object([
              "key": .string($0.key), "node": .string($0.node), "text": .string($0.text),
              // Of a rule that holds whatever the render there is no number.
              "renders": $0.renders < 0 ? .null : .integer(Int64($0.renders)),
            ])
          }),
      ])
    ])
  }

  /// The verdict, with the rule that holds most renders, or else the first: `waits for renders: 12 renders are nimby`.
  static func brief(_ explanation: Explanation) -> String {
    let most = explanation.rules.filter { $0.renders > 0 }.max { $0.renders < $1.renders }
    guard let rule = most ?? explanation.rules.first, !explanation.verdict.contains(rule.text) else { return explanation.verdict }
    return "\(explanation.verdict): \(rule.text)"
  }
}
