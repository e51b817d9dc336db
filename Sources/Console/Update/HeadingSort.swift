import Model

extension ConsoleModel {
  /// Sorts by the column whose heading is there; a second time turns the order round. False: there is no list with a heading.
  mutating func sort(byHeadingAt column: Int) -> Bool {
    switch place {
    case .jobs:
      guard let name = Painter.column(at: column, of: .jobs, self) else { return false }
      guard let order = JobsQuery.Order(column: name) else { return unsorted(name) }
      if jobs.query.order == order { jobs.query.isDescending.toggle() }
      jobs.query.order = order
      jobs.list.clear()
    case .renders:
      guard let name = Painter.column(at: column, of: .renders, self) else { return false }
      guard let order = RendersQuery.Order(column: name) else { return unsorted(name) }
      if renders.query.order == order { renders.query.isDescending.toggle() }
      renders.query.order = order
      clearFarm()
    case .job, .render, .task, .log, .work, .farmTree, .heat, .users, .system, .events: return false
    }
    return true
  }

  private mutating func unsorted(_ name: String) -> Bool {
    say("the list is not sorted by \(name): s shows by what it is")
    return true
  }
}

extension JobsQuery.Order {
  /// By the name of a column; nil: the server does not sort by it.
  init?(column: String) {
    switch column {
    case "progress": self = .percent
    case "time": self = .started
    case "submitted": self = .created
    default: self.init(rawValue: column)
    }
  }
}

extension RendersQuery.Order {
  init?(column: String) {
    switch column {
    case "processor": self = .cpu
    case "memory-used": self = .memory
    case "graphics": self = .gpu
    case "running": self = .tasks
    case "system": self = .os
    default: self.init(rawValue: column)
    }
  }
}
