import Model

/// A block as the scheduler keeps it: bits for each task, records only for those that were touched.
///
/// A task's *base* phase is its own (`TaskRecord.phase`; without a record: ready, or skipped). Its *standing* is
/// `waitingDependency` instead when it could start but for the tasks it needs. What people see is the standing, and
/// `waitingDependency` for all that could start while the whole block waits.
struct Block: Sendable {
  let job: Int
  let id: JobID
  let index: BlockIndex
  private(set) var count: Int
  var capacity: Int32
  /// Tries after the first; -1: the user's default.
  var errorsRetries: Int8
  private(set) var frames: FrameMap
  /// The place of its class of demands in the solver; -1: none yet.
  var demand = -1

  // Standings, one bit a task. Every task is in exactly one of these, but done ones, which are in none.
  /// Ready or error-ready.
  var startable: BitTree
  var waiting: BitTree
  var running: BitTree
  var waitingReconnect: BitTree
  var failed: BitTree
  var skipped: BitTree
  var suspended: BitTree
  // And besides:
  /// All but done and skipped ones.
  var unfinished: BitTree
  /// Those of `startable` that failed before.
  var errorReady: BitTree
  /// With the flag `warning`.
  var warned: BitTree

  /// In which order it gives them; follows `startable`.
  private var order: TaskOrder
  private(set) var sequential: Int64
  /// Of a maintenance job (section 3.16): the tasks by their names, ascending; and those that could start since, or no longer.
  var tasksByName: [String: [Int]]?
  var renamed: [Int] = []
  /// Its job stops after the preview (section 4.6).
  var isPreviewOnly = false
  /// Tasks that were asked to be tried first, in the order of the job's list (section 3.7).
  var tryNext: [Int] = []
  /// New tasks are suspended (flag `suspendnewtasks`): what has no record is.
  let suspendsNewTasks: Bool
  /// A running task counts as done for the frames that it has passed (flag `dependsubtask`, section 3.11).
  let isSubTask: Bool
  let isNumeric: Bool
  /// Of the system job: which of its tasks came first, by task, and those that could start in that order; nil: of any other.
  var ages: [Int: UInt64]?
  private var byAge = SortedChunks<AgedTask>()
  /// Of such a block: the frames that its running tasks are at, as they say.
  var subFrames: [Int: Int64] = [:]
  var errorHosts = ErrorHosts()
  var limits: RunLimits

  var pages = TaskPages()
  /// Why tasks failed, for those that did.
  var reasons: [UInt32: String] = [:]
  /// By standing.
  var counts: Counts

  /// How many of the blocks it needs wholly are not finished.
  var waitsFor = 0
  // Places in `Farm.blocks`.
  /// Blocks of which its tasks need the same frames.
  var needs: [Int] = []
  var dependents: [Int] = []
  var taskDependents: [Int] = []

  /// Errors of all its tasks since their last reset.
  var errors: Int32 = 0
  /// Of its done tasks.
  var runMicroseconds: Int64 = 0
  var runTimes = RunTimes()
  var started = Instant.never
  var done = Instant.never

  /// Stands in the queues of what may start.
  var isQueued = false
  /// Its own limits let it start something.
  var isOpen = true
  /// -1: unlimited.
  var maxRunning: Int32
  var maxPerHost: Int32
  /// Runs that are out and count, slaves of multi-host tasks too.
  var runsOut: Int32 = 0
  /// What its tasks want of hosts; nil: one each.
  var hosts: HostsWanted?
  /// Its tasks that have hosts.
  var parties: [Int: Party] = [:]
  /// By place in `Farm.renders`, while there is a limit per host.
  var onHost: [Int: Int32] = [:]

  init(job: Int, id: JobID, index: BlockIndex, spec: BlockSpec) {
    self.job = job
    self.id = id
    self.index = index
    count = spec.taskCount
    capacity = spec.capacity
    errorsRetries = spec.errorsRetries
    frames = FrameMap(spec)
    maxRunning = spec.parameters.maxRunningTasks
    maxPerHost = spec.parameters.maxRunningTasksPerHost
    isOpen = maxRunning != 0 && maxPerHost != 0
    hosts = HostsWanted(spec)
    suspendsNewTasks = spec.flags.contains(.suspendNewTasks)
    isSubTask = spec.flags.contains(.dependSubTask)
    if case .numeric = spec.work { isNumeric = true } else { isNumeric = false }
    limits = RunLimits(spec.parameters)
    let none = BitTree(bound: count)
    let all = BitTree(bound: count, filled: true)
    unfinished = all
    startable = suspendsNewTasks ? none : all
    suspended = suspendsNewTasks ? all : none
    (waiting, running, waitingReconnect, failed, skipped, errorReady, warned) = (none, none, none, none, none, none, none)
    counts = Counts(ready: count)
    if suspendsNewTasks { counts = counts.withReadySuspended }
    sequential = spec.parameters.sequential
    order = TaskOrder(sequential, frames: frames, count: count, startable: startable)
  }

  /// A place that holds no block.
  static let vacant = Block(
    job: -1, id: JobID(0), index: BlockIndex(0), spec: BlockSpec(name: "", work: .listed([], framesPerTask: 1)))

  // What is asked with every start and end is inlined, and without closures (`&&` and `??` make some), so that a block is not
  // copied to be asked.
  @inline(__always)
  func key(_ task: Int) -> TaskKey { TaskKey(job: id, block: index, task: TaskIndex(task)) }

  /// The counts that people see.
  @inline(__always)
  var presented: Counts { waitsFor > 0 ? counts.withStartableWaiting : counts }

  @inline(__always)
  func base(_ task: Int) -> TaskPhase {
    if let record = pages[task] { return record.phase }
    return untouched(task)
  }

  /// The base of a task without a record.
  @inline(__always)
  private func untouched(_ task: Int) -> TaskPhase {
    guard unfinished.contains(task) else { return .skipped }
    return suspended.contains(task) ? .suspended : .ready
  }

  func standing(_ task: Int) -> TaskPhase {
    let base = base(task)
    return (base == .ready || base == .errorReady) && waiting.contains(task) ? .waitingDependency : base
  }

  /// The phase that people see.
  func phase(_ task: Int) -> TaskPhase {
    let standing = standing(task)
    return waitsFor > 0 && (standing == .ready || standing == .errorReady) ? .waitingDependency : standing
  }

  /// Puts a task where it belongs.
  ///
  /// - Parameter standing: `base`, or `waitingDependency` when `base` is ready or error-ready and the task needs others.
  mutating func move(_ task: Int, to base: TaskPhase, standing: TaskPhase) {
    let old = self.standing(task)
    if old != standing {
      leave(task, old)
      enter(task, standing)
      counts[old] -= 1
      counts[standing] += 1
    }
    if pages.isTouched(task) || (base != .ready && base != .skipped && base != .suspended) {
      change(task) { $0.phase = base }
    }
    if isSubTask, base != .running { subFrames[task] = nil }
  }

  /// Lets all wait that could start.
  mutating func holdStartable() {
    precondition(waiting.isEmpty)
    counts[.waitingDependency] += counts.startable
    counts[.ready] = 0
    counts[.errorReady] = 0
    swap(&waiting, &startable)
    errorReady = BitTree(bound: count)
    order.removeAll()
    if tasksByName != nil { renamed = Array(0..<count) }
  }

  private mutating func leave(_ task: Int, _ standing: TaskPhase) {
    switch standing {
    case .ready:
      startable.remove(task)
      startabilityChanged(task, false)
    case .errorReady:
      startable.remove(task)
      errorReady.remove(task)
      startabilityChanged(task, false)
    case .waitingDependency: waiting.remove(task)
    case .running: running.remove(task)
    case .waitingReconnect: waitingReconnect.remove(task)
    case .done: unfinished.insert(task)
    case .skipped:
      unfinished.insert(task)
      skipped.remove(task)
    case .error: failed.remove(task)
    case .suspended: suspended.remove(task)
    }
  }

  private mutating func enter(_ task: Int, _ standing: TaskPhase) {
    switch standing {
    case .ready:
      startable.insert(task)
      startabilityChanged(task, true)
    case .errorReady:
      startable.insert(task)
      errorReady.insert(task)
      startabilityChanged(task, true)
    case .waitingDependency: waiting.insert(task)
    case .running: running.insert(task)
    case .waitingReconnect: waitingReconnect.insert(task)
    case .done: unfinished.remove(task)
    case .skipped:
      unfinished.remove(task)
      skipped.insert(task)
    case .error: failed.insert(task)
    case .suspended: suspended.insert(task)
    }
  }

  private mutating func startabilityChanged(_ task: Int, _ isStartable: Bool) {
    if let ages {
      let aged = AgedTask(age: ages[task] ?? 0, task: task)
      if isStartable { byAge.insert(aged) } else { byAge.remove(aged) }
      return
    }
    order.set(task, isStartable: isStartable, frames: frames)
    if tasksByName != nil { renamed.append(task) }
  }

  /// Changes a task's record, which is made if there was none.
  mutating func change(_ task: Int, _ body: (inout TaskRecord) -> Void) {
    if !pages.isTouched(task) {
      pages.make(for: task, bound: count) { [unfinished, suspended] task in
        unfinished.contains(task) ? suspended.contains(task) ? .suspended : .ready : .skipped
      }
    }
    pages.change(task, body)
  }

  /// All tasks as they were made, but for what is known of them beyond their phases: no task of it may be out.
  var newPhase: TaskPhase { suspendsNewTasks ? .suspended : .ready }

  // MARK: Order

  /// Whether renders suit it that suit no other block: its tasks are named after them, or it avoids some for its errors.
  func hasOwnRenders(isMaintenance: Bool) -> Bool { isMaintenance || !errorHosts.avoided.isEmpty }

  /// The task of a maintenance job that this render may run next.
  func maintenanceTask(of render: String) -> Int? { tasksByName?[render]?.first { startable.contains($0) } }

  /// Whether it has a task that its order lets start: not when only the preview may run and all of it was given.
  var hasStartable: Bool {
    if counts.startable == 0 { return false }
    return !isPreviewOnly || !order.hasPreview || nextTask(without: SparseBits()) != nil
  }

  /// It has tasks that wait for nothing but the approval of its preview.
  var waitsForApproval: Bool { waitsFor == 0 && counts.startable > 0 && !hasStartable }

  /// The first task in its order that could start and is none of these.
  func nextTask(without avoiding: SparseBits) -> Int? {
    if ages != nil {
      var found: Int?
      byAge.visit { aged in
        if avoiding.contains(aged.task) { return false }
        found = aged.task
        return true
      }
      return found
    }
    for task in tryNext where startable.contains(task) && !avoiding.contains(task) { return task }
    return order.next(startable, without: avoiding, isPreviewOnly: isPreviewOnly)
  }

  /// Its tasks are slots of the system job, all without anything in them, and given by age.
  mutating func emptySlots() {
    precondition(counts[.ready] == counts.total, "a new block")
    skipped = BitTree(bound: count, filled: true)
    unfinished = BitTree(bound: count)
    startable = BitTree(bound: count)
    counts[.ready] = 0
    counts[.skipped] = counts.total
    order.removeAll()
    ages = [:]
  }

  /// A slot is as if nothing had ever been in it.
  mutating func forget(_ task: Int) {
    guard pages.isTouched(task) else { return }
    change(task) {
      $0 = TaskRecord()
      $0.phase = .skipped
    }
  }

  mutating func setOrder(_ sequential: Int64) {
    self.sequential = sequential
    order = TaskOrder(sequential, frames: frames, count: count, startable: startable)
  }

  /// Takes in tasks that were appended to its spec; they stand where new ones do.
  mutating func grow(_ spec: BlockSpec) {
    let old = count
    count = spec.taskCount
    frames = FrameMap(spec)
    startable.grow(to: count)
    waiting.grow(to: count)
    running.grow(to: count)
    waitingReconnect.grow(to: count)
    failed.grow(to: count)
    skipped.grow(to: count)
    suspended.grow(to: count)
    unfinished.grow(to: count)
    errorReady.grow(to: count)
    warned.grow(to: count)
    pages.grow(from: old, to: count, phase: newPhase)
    for task in old..<count {
      unfinished.insert(task)
      if suspendsNewTasks { suspended.insert(task) } else { startable.insert(task) }
    }
    counts[newPhase] += Int32(count - old)
    counts.total += Int32(count - old)
    setOrder(spec.parameters.sequential)
  }

  mutating func setFlags(_ task: Int, _ flags: TaskFlags) {
    let had = pages[task]?.flags ?? []
    guard had != flags else { return }
    change(task) { $0.flags = flags }
    if had.contains(.warning) != flags.contains(.warning) {
      if flags.contains(.warning) {
        warned.insert(task)
        counts.warning += 1
      } else {
        warned.remove(task)
        counts.warning -= 1
      }
    }
  }

  mutating func setErrors(_ task: Int, _ number: Int32) {
    let had = pages[task]?.errors ?? 0
    guard had != number else { return }
    change(task) { $0.errors = number }
    errors += number - had
  }

  /// What the store keeps of a task.
  ///
  /// - Parameter phase: where it goes if it does not stay.
  @inline(__always)
  func stored(_ task: Int, phase: TaskPhase? = nil) -> StoredTask {
    let record = pages[task] ?? TaskRecord()
    let base: TaskPhase
    if let phase { base = phase } else { base = self.base(task) }
    return StoredTask(
      key: key(task), phase: base.isOut ? .ready : base, flags: record.flags, starts: record.starts, errors: record.errors,
      render: record.render == 0 ? nil : RenderID(record.render), started: record.started, finished: record.finished,
      reason: reasons.isEmpty ? "" : reasons[UInt32(task)] ?? "")
  }
}

/// A task of the system job by the number of its command.
private struct AgedTask: Comparable, Sendable {
  let age: UInt64
  let task: Int
  static func < (a: AgedTask, b: AgedTask) -> Bool { (a.age, a.task) < (b.age, b.task) }
}
