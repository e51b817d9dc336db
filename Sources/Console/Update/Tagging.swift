import Model

extension ConsoleModel {
  mutating func tag() {
    switch place {
    case .work, .farmTree:
      if let row = tree?.list.current { tags.toggle(row) }
      paged?.move(.down)
    case .users:
      if let row = users.list.current { tags.users.toggle(row.summary.name) }
      paged?.move(.down)
    case .heat: if let row = currentRender { tags.toggle(row) }
    case .jobs:
      guard let row = jobs.list.current else { return }
      tags.toggle(row)
      jobs.list.move(by: 1)
    case .renders:
      guard let row = renders.list.current else { return }
      tags.toggle(row)
      renders.list.move(by: 1)
    case .job where job?.pane == .list:
      guard let row = job?.tasks.current else { return }
      if tags.tasks.removeValue(forKey: row.key) == nil { tags.tasks[row.key] = row.name }
      job?.tasks.move(by: 1)
    default: say("nothing is tagged here: tasks are, in their list")
    }
  }
}
