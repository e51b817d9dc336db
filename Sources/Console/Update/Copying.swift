import Model
import Text

extension ConsoleModel {
  /// Bytes that are copied at most: terminals take no more.
  static let longestCopy = 56_000
  private static let allShown = "all that is shown"

  mutating func openCopy() {
    // It is pasted into a shell: nothing in it may be more than text.
    let entries = copies.filter { !$0.1.isEmpty }.map { (title, text) in
      let text = title == Self.allShown ? text : Sanitize.line(text)
      return MenuOverlay.Entry(
        title: title == Self.allShown ? title : "\(title): \(text)", key: "", choice: .copy(text),
        refusal: text.utf8.count > Self.longestCopy ? "too long for a terminal's clipboard: s saves it to a file" : nil)
    }
    if entries.isEmpty { return say("there is no row here", .bad) }
    overlay = .menu(MenuOverlay(title: "Copy", entries: entries))
  }

  /// What there is to be copied from here: what it is, and the text.
  private var copies: [(String, String)] {
    func jobTexts(_ id: JobID, _ name: String) -> [(String, String)] {
      [("number", "\(id)"), ("name", name), ("command", "reeve job \(id)")]
    }
    func taskTexts(_ key: TaskKey) -> [(String, String)] {
      [
        ("task", "\(key)"), ("output", "reeve log \(key.job) \(key.block) \(key.task)"),
        ("why it waits", "reeve explain \(key.job) \(key.block) \(key.task)"),
      ]
    }
    switch place {
    case .jobs: return currentJob.map { jobTexts($0.id, $0.name) } ?? []
    case .work, .farmTree:
      if let row = currentJob { return jobTexts(row.id, row.name) }
      if let row = currentRender { return render(row) }
      return (place == .work ? work.tree.list.current?.path : farmTree.list.current?.path).map { [("path", $0)] } ?? []
    case .renders, .heat: return currentRender.map(render) ?? []
    case .users: return users.list.current.map { [("name", $0.summary.name)] } ?? []
    case .system:
      return system.list.current.map { row in
        [("command", row.command.text)] + (row.key.map(taskTexts) ?? [])
      } ?? []
    case .events:
      switch feedPane {
      case .events: return events.list.current.map { [("event", "\($0.name) \($0.object) \($0.info)")] } ?? []
      case .serverLog: return serverLog.list.current.map { [("line", "\(Times.moment($0.time)) \($0.line)")] } ?? []
      case .journal: return journal.list.current.map { [("line", "\(Times.moment($0.time)) \($0.line)")] } ?? []
      }
    case .job:
      guard let page = job else { return [] }
      if page.pane == .blocks, let block = page.blocks.current {
        return [("block", block.name)] + jobTexts(page.id, page.job?.name ?? "")
      }
      return chosenTask.map(taskTexts) ?? []
    case .render:
      return (currentLine.map { [("line", $0.text)] } ?? []) + (chosenTask.map(taskTexts) ?? [])
        + (currentRender.map(render) ?? [])
    case .task: return (currentLine.map { [("line", $0.text)] } ?? []) + (chosenTask.map(taskTexts) ?? [])
    case .log:
      guard let page = log else { return [] }
      var all: [(String, String)] = []
      let at = page.match ?? page.top.line
      if at < page.count { all.append(("line", Sanitize.line(page.text(at)))) }
      if page.buffer.all.count <= Self.longestCopy, page.count > 0 {
        let shown = (0..<page.count).map { Sanitize.line(page.text($0)) }
        all.append((Self.allShown, shown.joined(separator: "\n") + "\n"))
      }
      return all + taskTexts(page.key)
    }
  }

  private func render(_ row: RenderSummary) -> [(String, String)] {
    [("name", row.name), ("address", row.address), ("command", "reeve render \(row.name)")]
  }
}
