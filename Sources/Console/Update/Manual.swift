import Model

/// The pages of the manual that are of use at a console.
enum ManualPages {
  static let all: [(name: String, about: String)] = [
    ("reeve-watch", "this console"), ("reeve-keys", "the keys, and how to change them"), ("reeve-theme", "the colours"),
    ("reeve", "the command for scripts"), ("reeve-scheduling", "which task runs where, and when"),
    ("reeve-pools", "pools, services, tickets"), ("reeve-job", "what can be said of a job"),
    ("reeve-sysjob", "the system job"), ("reeve-events", "events, mail, webhooks"), ("reeve-wol", "sleeping and waking"),
    ("reeve-server", "the server"), ("reeve-render", "the agent on a render"), ("reeve-config", "settings"),
  ]
}

extension ConsoleModel {
  mutating func openManuals() {
    let entries = ManualPages.all.map { page in
      MenuOverlay.Entry(title: "\(page.name): \(page.about)", key: "", choice: .manual(page.name))
    }
    overlay = .menu(MenuOverlay(title: "Manual", entries: entries))
  }

  mutating func open(manual name: String) -> [ConsoleEffect] {
    overlay = .reader(ReaderOverlay(title: name))
    return [.manual(name, columns: min(100, size.columns - 6))]
  }

  mutating func received(manual name: String, _ result: Result<[String], Failure>) {
    guard case .reader(var reader)? = overlay, reader.title == name else { return }
    switch result {
    case .success(let lines): reader.lines = lines
    case .failure(let failure): reader.failure = failure.message
    }
    overlay = .reader(reader)
  }

  /// Keys while a text is read.
  mutating func handle(reader: ReaderOverlay, _ key: KeyStroke, isCancel: Bool) -> [ConsoleEffect] {
    var reader = reader
    switch keys.action(key, in: [.lists]) {
    case _ where isCancel || keys.action(key, in: [.everywhere]) == .manual || key.key == .enter && !reader.isManual:
      overlay = nil
    case .search?: prompt = Prompt(kind: .search)
    case .nextMatch?: find(in: reader, forward: true)
    case .previousMatch?: find(in: reader, forward: false)
    default:
      let rows = DialogLayout(.reader(reader), self).content.rows
      reader.top = scrolled(reader.top, by: key, page: max(1, rows - 1))
      reader.top = min(reader.top, max(0, (reader.lines?.count ?? 0) - rows))
      overlay = .reader(reader)
    }
    return []
  }

  mutating func search(_ search: Search?, in reader: ReaderOverlay) {
    var reader = reader
    reader.search = search
    reader.match = nil
    overlay = .reader(reader)
    if search != nil { find(in: reader, forward: true) }
  }

  private mutating func find(in reader: ReaderOverlay, forward: Bool) {
    guard let search = reader.search, let lines = reader.lines else { return say("nothing is searched for yet: / begins") }
    let from = reader.match.map { $0 + (forward ? 1 : -1) } ?? reader.top
    let found = lines.indices.lazy.map { step in
      ((from + (forward ? step : -step)) % lines.count + lines.count) % lines.count
    }.first { search.isFound(in: lines[$0]) }
    guard let found else { return say("“\(search.text)” is not in this text", .bad) }
    var reader = reader
    reader.match = found
    let rows = DialogLayout(.reader(reader), self).content.rows
    if found < reader.top || found >= reader.top + rows {
      reader.top = min(max(0, found - rows / 3), max(0, lines.count - rows))
    }
    overlay = .reader(reader)
  }
}
