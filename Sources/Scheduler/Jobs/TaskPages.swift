import Model

/// What is known of a task beyond its phase, once it was touched. 32 bytes.
struct TaskRecord: Hashable, Sendable {
  var started = Instant.never
  var finished = Instant.never
  /// The last render; 0: none.
  var render: UInt32 = 0
  var starts: Int32 = 0
  var errors: Int32 = 0
  var flags: TaskFlags = []
  /// Never `waitingDependency`: what a task waits for is said by its block.
  var phase: TaskPhase = .ready

  /// Nothing ever happened to it.
  var isNew: Bool { starts == 0 && errors == 0 && phase == .ready && flags.isEmpty }
}

/// Records in pages of 64 tasks, each made when the first of its tasks is touched: a waiting task costs nothing here.
struct TaskPages: Sendable {
  private var pages: [[TaskRecord]] = []

  subscript(task: Int) -> TaskRecord? {
    let page = task >> 6
    guard page < pages.count, !pages[page].isEmpty else { return nil }
    return pages[page][task & 63]
  }

  func isTouched(_ task: Int) -> Bool {
    let page = task >> 6
    return page < pages.count && !pages[page].isEmpty
  }

  /// The first task of a page that exists and lies at or after this task's page.
  func nextPage(from task: Int) -> Int? {
    var page = task >> 6
    while page < pages.count {
      if !pages[page].isEmpty { return page << 6 }
      page += 1
    }
    return nil
  }

  /// Makes the page of a task.
  ///
  /// - Parameter phase: where each task of it stands until now.
  mutating func make(for task: Int, bound: Int, phase: (Int) -> TaskPhase) {
    let page = task >> 6
    if pages.isEmpty { pages = Array(repeating: [], count: (bound + 63) >> 6) }
    let first = page << 6
    let records = (first..<min(first + 64, bound)).map { index in
      var record = TaskRecord()
      record.phase = phase(index)
      return record
    }
    pages[page] = records
  }

  /// - Precondition: the task's page exists.
  mutating func change(_ task: Int, _ body: (inout TaskRecord) -> Void) {
    body(&pages[task >> 6][task & 63])
  }

  /// Makes room for more tasks; those of a page that exists already get records.
  mutating func grow(from old: Int, to bound: Int, phase: TaskPhase) {
    if pages.isEmpty { return }
    var record = TaskRecord()
    record.phase = phase
    if let last = pages.indices.last, !pages[last].isEmpty {
      pages[last] += Array(repeating: record, count: min(bound, (last + 1) << 6) - old)
    }
    pages += Array(repeating: [], count: (bound + 63) >> 6 - pages.count)
  }

  mutating func removeAll() { pages = [] }
}
