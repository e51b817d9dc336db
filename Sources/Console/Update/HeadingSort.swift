import Model

extension ConsoleModel {
  /// Sorts by the column whose heading is there; a second time turns the order round. False: there is no list with a heading.
  mutating func sort(byHeadingAt column: Int) -> Bool {
    guard let list, let name = Painter.column(at: column, of: list, self) else { return false }
    switch list {
    case .jobs:
      guard let order = JobsQuery.Order(column: name) else { return unsorted(name) }
      if jobs.query.order == order { jobs.query.isDescending.toggle() }
      jobs.query.order = order
      jobs.list.clear()
    case .work:
      guard let order = JobsQuery.Order(column: name) else { return unsorted(name) }
      if work.query.order == order { work.query.isDescending.toggle() }
      work.query.order = order
      work.tree.list.clear()
    case .renders, .farm:
      guard let order = RendersQuery.Order(column: name) else { return unsorted(name) }
      if renders.query.order == order { renders.query.isDescending.toggle() }
      renders.query.order = order
      clearFarm()
    case .users:
      guard let order = UsersQuery.Order(column: name) else { return unsorted(name) }
      if users.query.order == order { users.query.isDescending.toggle() }
      users.query.order = order
      users.list.clear()
    case .blocks, .tasks, .commands, .events, .serverLog, .journal: return false
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
    case "branch-or-job": self = .name
    case "run": self = .running
    case "pri": self = .priority
    case "err": self = .errors
    default: self.init(rawValue: column)
    }
  }
}

extension RendersQuery.Order {
  init?(column: String) {
    switch column {
    case "pool-or-render": self = .name
    case "processor": self = .cpu
    case "memory-used": self = .memory
    case "graphics": self = .gpu
    case "running": self = .tasks
    case "system": self = .os
    default: self.init(rawValue: column)
    }
  }
}

extension UsersQuery.Order {
  init?(column: String) {
    switch column {
    case "run": self = .running
    case "pri": self = .priority
    default: self.init(rawValue: column)
    }
  }
}
