import Scheduler

extension StoreChange {
  /// Whether two changes are the same in every field.
  func isSame(as other: StoreChange) -> Bool {
    switch (self, other) {
    case (.putJob(let a), .putJob(let b)): a.id == b.id && a.spec == b.spec && a.state == b.state
    case (.putJobState(let a), .putJobState(let b)): a == b
    case (.deleteJob(let a), .deleteJob(let b)): a == b
    case (.putTask(let a), .putTask(let b)): a == b
    case (.deleteTask(let a), .deleteTask(let b)): a == b
    case (.deleteTasks(let a, let c), .deleteTasks(let b, let d)): a == b && c == d
    case (.putRun(let a), .putRun(let b)): a == b
    case (.deleteRun(let a), .deleteRun(let b)): a == b
    case (.putRender(let a), .putRender(let b)): a == b
    case (.deleteRender(let a), .deleteRender(let b)): a == b
    case (.putUser(let a), .putUser(let b)): a == b
    case (.deleteUser(let a), .deleteUser(let b)): a == b
    case (.putPool(let a), .putPool(let b)): a == b
    case (.deletePool(let a), .deletePool(let b)): a == b
    case (.putBranch(let a), .putBranch(let b)): a == b
    case (.deleteBranch(let a), .deleteBranch(let b)): a == b
    case (.putJobParameters(let a, let c), .putJobParameters(let b, let d)): a == b && c == d
    case (.appendTasks(let a, let c, let e, let g), .appendTasks(let b, let d, let f, let h)): a == b && c == d && e == f && g == h
    case (.putErrorHost(let a), .putErrorHost(let b)): a == b
    case (.deleteErrorHosts(let a, let c), .deleteErrorHosts(let b, let d)): a == b && c == d
    case (.journal(let a), .journal(let b)): a == b
    case (.putSystemCommand(let a), .putSystemCommand(let b)): a == b
    case (.placeSystemCommand(let a, let c), .placeSystemCommand(let b, let d)): a == b && c == d
    case (.deleteSystemCommand(let a), .deleteSystemCommand(let b)): a == b
    case (.putEvent(let a), .putEvent(let b)): a == b
    case (.putUndo(let a), .putUndo(let b)): a == b
    case (.deleteUndo(let a), .deleteUndo(let b)): a == b
    case (.putCounter(let a, let c), .putCounter(let b, let d)): a == b && c == d
    default: false
    }
  }

  /// Which case it is.
  var name: String { String("\(self)".prefix { $0 != "(" }) }
}
