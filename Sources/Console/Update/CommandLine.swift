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
      guard let id = UInt32(rest) else {
        say("job needs a number: “:job 12”", .bad)
        return []
      }
      return openJob(JobID(id))
    default:
      if rest.isEmpty, let action = Action(rawValue: name) {
        // What belongs to another page does nothing here, and says so.
        guard isPossible(action) else {
          say("\(name) is not for this page", .bad)
          return []
        }
        return perform(action)
      }
    }
    say("no command “\(line.trimmed)”: ? shows what there is", .bad)
    return []
  }

  private func isPossible(_ action: Action) -> Bool {
    keys.entries.contains { $0.action == action && scopes.contains($0.scope) }
  }

  /// Completes the word that is being typed as far as it is clear.
  mutating func complete() {
    guard let text = prompt?.editor.string, !text.isEmpty, !text.contains(" ") else { return }
    let names = (Action.allCases.filter(isPossible).map(\.rawValue) + Self.commandWords).filter { $0.hasPrefix(text) }.sorted()
    guard let first = names.first, let last = names.last else { return say("nothing begins with “\(text)”", .bad) }
    let common = String(zip(first, last).prefix { $0 == $1 }.map(\.0))
    prompt?.editor.replace(Set(names).count == 1 ? first + (Self.commandWords.contains(first) ? " " : "") : common)
    if Set(names).count > 1 { say(names.joined(separator: "  ")) }
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
