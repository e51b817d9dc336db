/// The lists whose columns people choose.
enum ListID: String, CaseIterable, Hashable, Sendable {
  case jobs, renders, blocks, tasks, users, work, farm, commands, events
  case serverLog = "server-log"
  case journal
}

/// How a list is shown, as the person chose it.
struct ListLook: Hashable, Sendable {
  /// Names of the columns that are shown, in their order; nil: all, as they come.
  var columns: [String]?
}

/// The chooser of a list's columns: which are shown, in what order.
struct ColumnsOverlay: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var name: String
    /// In full words.
    var title: String
    var isShown: Bool
  }
  let list: ListID
  /// As they come when nothing was chosen.
  let standard: [Entry]
  var entries: [Entry]
  var cursor = 0

  /// - Parameter standard: all columns that there are.
  init(_ list: ListID, standard: [Entry], look: ListLook) {
    self.list = list
    self.standard = standard
    guard let chosen = look.columns else {
      entries = standard
      return
    }
    let shown = chosen.compactMap { name in standard.first { $0.name == name } }
    entries =
      shown
      + standard.filter { !chosen.contains($0.name) }.map { entry in
        var entry = entry
        entry.isShown = false
        return entry
      }
  }

  mutating func move(to index: Int) { cursor = min(max(0, index), max(0, entries.count - 1)) }

  /// Shows the column under the cursor, or hides it; the last that is shown stays.
  mutating func toggle() {
    guard entries.indices.contains(cursor) else { return }
    if entries[cursor].isShown, entries.count(where: \.isShown) == 1 { return }
    entries[cursor].isShown.toggle()
  }

  /// Takes the column under the cursor along.
  mutating func carry(by delta: Int) {
    let target = cursor + delta
    guard entries.indices.contains(cursor), entries.indices.contains(target) else { return }
    entries.swapAt(cursor, target)
    cursor = target
  }

  mutating func reset() { entries = standard }

  var look: ListLook { ListLook(columns: entries == standard ? nil : entries.filter(\.isShown).map(\.name)) }
}
