import Model

/// How many tasks stand where, as one vector: adding and subtracting whole sets of counts is one instruction.
struct Counts: Hashable, Sendable {
  private var values = SIMD16<Int32>()
  private static let warningPlace = 9
  private static let totalPlace = 10

  init() {}

  /// So many tasks, all ready.
  init(ready: Int) {
    self[.ready] = Int32(ready)
    total = Int32(ready)
  }

  subscript(phase: TaskPhase) -> Int32 {
    get { values[Int(phase.rawValue)] }
    set { values[Int(phase.rawValue)] = newValue }
  }
  var warning: Int32 {
    get { values[Self.warningPlace] }
    set { values[Self.warningPlace] = newValue }
  }
  var total: Int32 {
    get { values[Self.totalPlace] }
    set { values[Self.totalPlace] = newValue }
  }

  var finished: Int32 { self[.done] + self[.skipped] }
  var isAllFinished: Bool { finished == total }
  var startable: Int32 { self[.ready] + self[.errorReady] }
  var out: Int32 { self[.running] + self[.waitingReconnect] }

  /// What people see while the whole block waits: what could start waits too.
  var withStartableWaiting: Counts {
    var all = self
    all[.waitingDependency] += startable
    all[.ready] = 0
    all[.errorReady] = 0
    return all
  }

  /// All that is ready suspended.
  var withReadySuspended: Counts {
    var all = self
    all[.suspended] += all[.ready]
    all[.ready] = 0
    return all
  }

  static func += (a: inout Counts, b: Counts) { a.values &+= b.values }
  static func -= (a: inout Counts, b: Counts) { a.values &-= b.values }

  var taskCounts: TaskCounts {
    var counts = TaskCounts()
    for phase in TaskPhase.allCases { counts[phase] = self[phase] }
    counts.total = total
    counts.warning = warning
    return counts
  }
}
