import Model

/// What may stand where something is being typed on the command line.
extension ConsoleModel {
  /// Completes the last word as far as it is clear; what it may become otherwise stands above the line.
  mutating func complete() {
    guard let text = prompt?.editor.string else { return }
    let typed = TypedWords(text)
    let found = Set(words(behind: typed.before).filter { $0.hasPrefix(typed.last) }).sorted()
    guard let first = found.first, let last = found.last else {
      prompt?.hints = typed.last.isEmpty ? [] : ["nothing begins with “\(typed.last)”"]
      return
    }
    if found.count == 1 {
      let closes = first.hasSuffix("=") || (typed.before.isEmpty && !takesMore(first)) ? "" : " "
      prompt?.editor.replace(typed.head + TypedWords.quoted(first) + closes)
      prompt?.hints = []
    } else {
      let common = String(zip(first, last).prefix { $0 == $1 }.map(\.0))
      if common.count > typed.last.count { prompt?.editor.replace(typed.head + TypedWords.quoted(common, isOpen: true)) }
      prompt?.hints = found
    }
  }

  /// Whether more words may follow the first one.
  private func takesMore(_ word: String) -> Bool {
    Self.commandWords.contains(word) || options.commands.contains { $0.name == word }
  }

  /// What may come behind these words.
  private func words(behind words: [String]) -> [String] {
    guard let first = words.first else {
      return Action.allCases.filter(isPossible).map(\.rawValue) + Self.commandWords + options.commands.map(\.name)
    }
    guard let command = options.commands.first(where: { $0.name == first }) else {
      return first == "density" && words.count == 1 ? Density.allCases.map(\.rawValue) : []
    }
    return arguments(of: first, words.dropFirst().filter { !$0.hasPrefix("-") }) + command.options
  }

  /// What a command is about: names that are at hand, and the words that it knows.
  private func arguments(of command: String, _ words: [String]) -> [String] {
    switch command {
    case "set":
      let kinds: [(String, Order.Kind)] = [
        ("jobs", .job), ("blocks", .block), ("tasks", .task), ("branches", .branch), ("renders", .render), ("pools", .pool),
        ("users", .user),
      ]
      guard let kind = words.first.flatMap({ word in kinds.first { $0.0 == word }?.1 }) else { return kinds.map(\.0) }
      let keys = (kind.parameters ?? []).map { "\($0.key)=" }
      return words.contains { $0.contains("=") } ? keys : names(kind) + keys
    case "render-do": return words.isEmpty ? RenderOrder.allCases.map(\.word) : names(.render)
    case "render": return names(.render) + (words.isEmpty ? ["delete"] : [])
    case "pool": return names(.pool) + (words.isEmpty ? ["create", "delete"] : [])
    case "branch": return names(.branch) + (words.isEmpty ? ["create", "delete"] : [])
    case "user": return names(.user) + (words.isEmpty ? ["create", "delete"] : [])
    case "sysjob":
      return words.isEmpty ? ["log", "restart"] : words == ["restart"] ? SystemBlock.allCases.map(\.name) : []
    case "jobs", "renders", "users", "pools", "branches", "journal", "events", "submit", "run", "whatif": return []
    default: return names(.job)
    }
  }

  /// What nodes are called, as far as they have been seen.
  private func names(_ kind: Order.Kind) -> [String] {
    switch kind {
    case .job, .block, .task:
      let rows = jobs.list.rows + work.tree.list.rows.compactMap(\.job)
      return rows.flatMap { ["\($0.id)", $0.name] }
    case .render: return renders.list.rows.map(\.name) + farmTree.list.rows.compactMap { $0.render?.name }
    case .pool, .branch: return (kind == .pool ? farmTree : work.tree).list.rows.compactMap(\.path)
    case .user: return users.list.rows.map(\.summary.name)
    case .systemBlock, .systemTask: return []
    }
  }
}

/// A line taken apart at blanks that are not in quotes, as far as it was typed.
struct TypedWords: Hashable {
  /// The words before the last one.
  var before: [String] = []
  /// The one that is being typed; empty behind a blank.
  var last = ""
  /// All of the line that stands before the last word.
  var head = ""

  init(_ text: String) {
    var word: String?
    var quote: Character?
    var begin = text.startIndex
    for at in text.indices {
      let character = text[at]
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        if word == nil { begin = at }
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let done = word { before.append(done) }
        word = nil
      } else {
        if word == nil { begin = at }
        word = (word ?? "") + String(character)
      }
    }
    last = word ?? ""
    head = word == nil ? text : String(text[..<begin])
  }

  /// As it has to be typed.
  ///
  /// - Parameter isOpen: more of the word may follow.
  static func quoted(_ word: String, isOpen: Bool = false) -> String {
    guard word.contains(where: { $0 == " " || $0 == "'" || $0 == "\"" }) else { return word }
    let quote = word.contains("'") ? "\"" : "'"
    return quote + word + (isOpen ? "" : quote)
  }
}
