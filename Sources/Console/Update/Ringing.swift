import Model

/// For which events the terminal rings.
struct Ringing: Hashable, Sendable {
  /// As events are called.
  var names: Set<String> = []
  /// Only for what belongs to the person at the console.
  var isForMine = true

  /// The server's time when this console first met it: for what was before nobody is called.
  var since: Instant?

  static let known: [String] = EventName.allCases.map(\.rawValue)
}

extension ConsoleModel {
  mutating func openRing(at cursor: Int = 0) {
    func box(_ isOn: Bool) -> String { isOn ? "[x]" : "[ ]" }
    var entries = Ringing.known.map {
      MenuOverlay.Entry(title: "\(box(ringing.names.contains($0))) \($0)", key: "", choice: .ring($0))
    }
    entries.append(.init(title: "\(box(ringing.isForMine)) only what is mine", key: "", choice: .ring(nil)))
    overlay = .menu(MenuOverlay(title: "Ring the bell for", entries: entries, cursor: cursor))
  }

  mutating func ring(_ name: String?, at cursor: Int) {
    if let name {
      if ringing.names.remove(name) == nil { ringing.names.insert(name) }
    } else {
      ringing.isForMine.toggle()
    }
    openRing(at: cursor)
  }

  /// Rings for what is new: once, however much came at once.
  func rings(for news: [EventRow]) -> [ConsoleEffect] {
    guard let since = ringing.since else { return [] }
    let due = news.filter { row in
      row.time >= since && ringing.names.contains(row.name) && (!ringing.isForMine || row.user.isEmpty || row.user == options.user)
    }
    guard let first = due.first else { return [] }
    let more = due.count > 1 ? ", and \(due.count - 1) more" : ""
    return [.ring("\(first.name) \(first.object): \(first.info)\(more)")]
  }
}
