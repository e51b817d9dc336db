import Model

extension ConsoleModel {
  /// The words that the command line knows besides the names of actions.
  static let commandWords = ["renders", "theme", "job", "filter", "density"]

  /// Runs a line that was typed after `:`.
  mutating func run(_ line: String) -> [ConsoleEffect] {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard let name = words.first else { return [] }
    let rest = words.count > 1 ? words[1].trimmed : ""
    switch (name, rest) {
    case ("q", ""), ("quit", ""): return [.quit]
    case ("renders", ""): return perform(.farm)
    case ("theme", _) where !rest.isEmpty: return [.theme(rest)]
    case ("density", _) where !rest.isEmpty:
      guard let wanted = Density(rawValue: rest) else {
        say("there is no density “\(rest)”: use \(Density.allCases.map(\.rawValue).joined(separator: ", "))", .bad)
        return []
      }
      turnDensity(to: wanted)
      return []
    case ("filter", _):
      guard place != .log else { break }
      setFilter(rest)
      return []
    case ("job", _):
      // By its number it is opened; anything else, and with options, reeve answers.
      if let id = UInt32(rest) { return openJob(JobID(id)) }
      guard !rest.isEmpty else {
        say("job needs a number: “:job 12”", .bad)
        return []
      }
    default:
      // One word means what it means here: a screen, or an order on the row; with more words it is a command of reeve.
      if rest.isEmpty, let action = Action(rawValue: name) {
        // What belongs to another page does nothing here, and says so.
        guard isPossible(action) else {
          if let command = reeveCommand(line) { return runCommand(command) }
          say("\(name) is not for this page", .bad)
          return []
        }
        return perform(action)
      }
    }
    if let command = reeveCommand(line) { return runCommand(command) }
    say("no command “\(line.trimmed)”: ? shows what there is", .bad)
    return []
  }

  /// The line as a command of `reeve`, whose name may stand before it; nil: it is none.
  private func reeveCommand(_ line: String) -> String? {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    let command = words.first == "reeve" ? (words.count > 1 ? words[1].trimmed : "") : line.trimmed
    let name = command.prefix { $0 != " " }
    return options.commands.contains { $0.name == name } ? command : nil
  }

  func isPossible(_ action: Action) -> Bool {
    keys.entries.contains { $0.action == action && scopes.contains($0.scope) }
  }
}

extension String {
  /// Without spaces at either end.
  var trimmed: String {
    var part = Substring(self)
    while part.first == " " { part.removeFirst() }
    while part.last == " " { part.removeLast() }
    return String(part)
  }
}
