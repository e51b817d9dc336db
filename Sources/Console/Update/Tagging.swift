import Model

extension ConsoleModel {
  mutating func tag() {
    switch place {
    case .work, .farmTree:
      if let row = currentJob {
        if tags.jobs.removeValue(forKey: row.id) == nil { tags.jobs[row.id] = row }
      } else if let row = currentRender {
        if tags.renders.removeValue(forKey: row.id) == nil { tags.renders[row.id] = row }
      } else {
        say("jobs and renders are tagged, not what they are in")
      }
      paged?.move(.down)
    case .heat:
      guard let row = currentRender else { return }
      if tags.renders.removeValue(forKey: row.id) == nil { tags.renders[row.id] = row }
    case .jobs:
      guard let row = jobs.list.current else { return }
      if tags.jobs.removeValue(forKey: row.id) == nil { tags.jobs[row.id] = row }
      jobs.list.move(by: 1)
    case .renders:
      guard let row = renders.list.current else { return }
      if tags.renders.removeValue(forKey: row.id) == nil { tags.renders[row.id] = row }
      renders.list.move(by: 1)
    case .job where job?.pane == .list:
      guard let row = job?.tasks.current else { return }
      if tags.tasks.removeValue(forKey: row.key) == nil { tags.tasks[row.key] = row.name }
      job?.tasks.move(by: 1)
    default: say("rows are tagged in the lists of jobs, of renders and of a job's tasks")
    }
  }
}
