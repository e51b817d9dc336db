import Model
import Wire

/// All runs of the agent, as a state machine: what comes from the server and from the keeper goes in, what is to be sent to both
/// comes out of `takeActions`. It opens nothing, waits for nothing and knows no clock.
///
/// A run's life: started by the server → its files looked for, if it may be skipped → started by the keeper → its output grows and is
/// parsed → ended → the rest is parsed, its files are looked for, the result is clear → all kept output and then the result are
/// delivered → acknowledged → forgotten by the keeper. While the server is away everything up to the result goes on.
///
/// What comes from the keeper stands in `RunTable+Keeper.swift`, results and progress in `RunTable+Results.swift`.
struct RunTable {
  enum Action {
    case keeper(KeeperRequest)
    /// To be there when the run is started.
    case input(Lease, [UInt8])
    /// Several in a row travel in one frame.
    case update(WireRunUpdate)
    case output(WireRunOutput)
    /// Wants `looked` with the answer.
    case look(Lease, ResultFiles)
    /// A working directory that was not empty was forgotten.
    case emptyTrash
  }

  /// Deliveries of output at once.
  static let deliveries = 4

  let catalog: ServiceCatalog
  private let plan: TaskPlan
  let graceMilliseconds: UInt32
  var runs: [Lease: Run] = [:]
  private var blocks: [BlockKey: WireBlockDefinition] = [:]
  var actions: [Action] = []
  /// Registered and accepted.
  private(set) var isOnline = false
  private(set) var isCongested = false
  /// Results with output that wait for their turn, first come first served; and those that have it.
  var waiting: [Lease] = []
  var delivering: Set<Lease> = []
  /// Started, and the server not told yet.
  var newlyRunning: [Lease] = []
  var withProgress: Set<Lease> = []

  private struct BlockKey: Hashable {
    var job: UInt32
    var block: UInt32
  }

  init(catalog: ServiceCatalog, plan: TaskPlan, graceMilliseconds: UInt32 = 10_000) {
    self.catalog = catalog
    self.plan = plan
    self.graceMilliseconds = graceMilliseconds
  }

  // MARK: - What is known

  var isEmpty: Bool { runs.isEmpty }
  var hasRunning: Bool { runs.values.contains { !$0.isOver } }
  /// There is progress that the server does not know.
  var hasNewProgress: Bool { isOnline && !withProgress.isEmpty }
  /// For the registration.
  var reports: [RunReport] {
    runs.values.filter { !$0.isAbandoned }.map { RunReport(lease: $0.lease, key: $0.note.key) }.sorted { $0.lease < $1.lease }
  }
  /// Of the process groups that run.
  var leaders: Set<Int32> { Set(runs.values.compactMap(\.pid)) }

  subscript(lease: Lease) -> Run? { runs[lease] }

  /// What is to be done, in order; the list is empty afterwards.
  mutating func takeActions() -> [Action] {
    if isOnline {
      for lease in newlyRunning {
        guard let pid = runs[lease]?.pid else { continue }
        var started = WireRunStarted()
        started.pid = pid
        actions.append(.update(Self.update(lease, .started(started))))
      }
    }
    newlyRunning.removeAll(keepingCapacity: true)
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  // MARK: - From the server

  /// The server knows this agent. Runs that it does not count on any more are stopped and forgotten; results are told (again).
  mutating func registered(keep: Set<Lease>) {
    isOnline = true
    blocks.removeAll()
    waiting.removeAll()
    delivering.removeAll()
    for lease in runs.keys.sorted() {
      guard keep.contains(lease) else {
        abandon(lease)
        continue
      }
      runs[lease]?.isTold = false
      runs[lease]?.cursors.live = nil
      runs[lease]?.cursors.delivery = nil
      runs[lease]?.told = RunProgress()
      noteProgress(lease)
      deliver(lease)
    }
  }

  mutating func disconnected() {
    isOnline = false
    isCongested = false
    waiting.removeAll()
    delivering.removeAll()
    for lease in runs.keys {
      runs[lease]?.cursors.live = nil
      runs[lease]?.cursors.delivery = nil
    }
  }

  mutating func take(_ events: WireRenderEvents) {
    for block in events.blocks { blocks[BlockKey(job: block.job, block: block.block)] = block }
    for start in events.starts { self.start(start) }
    for lease in events.stops { stop(Lease(lease)) }
    for lease in events.acknowledged { acknowledged(Lease(lease)) }
    for listen in events.listens {
      let lease = Lease(listen.lease)
      guard runs[lease]?.isOver == false else { continue }
      runs[lease]?.cursors.live = listen.offset
      read(lease)
    }
    for lease in events.unlistens { runs[Lease(lease)]?.cursors.live = nil }
    for block in events.droppedBlocks { blocks[BlockKey(job: block.job, block: block.block)] = nil }
  }

  private mutating func start(_ start: WireRunStart) {
    let lease = Lease(start.lease)
    guard runs[lease] == nil, !isEnding else { return }
    let block = blocks[BlockKey(job: start.job, block: start.block)] ?? WireBlockDefinition()
    let note = plan.note(start, of: block)
    do {
      guard block.job == start.job else { throw StartFailure("the server has not said what its block is") }
      let service = try catalog.service(note.service)
      let process = try plan.process(start, of: block, service: service, note: note)
      let files = plan.filesToSkipFor(start, of: block, note)
      runs[lease] = Run(
        lease: lease, note: note, service: service, rules: catalog.rules(parser: note.parser, service: service),
        phase: files == nil ? .starting(process) : .looking(process))
      runs[lease]?.input = plan.input(start)
      if let files { actions.append(.look(lease, files)) } else { begin(lease, process) }
    } catch {
      runs[lease] = Run(lease: lease, note: note, service: .generic, rules: [], phase: .ended(nil))
      conclude(lease, RunResult(outcome: .failedToStart, reason: "\(error)"))
    }
  }

  /// Asks the keeper for a process.
  mutating func begin(_ lease: Lease, _ process: TaskStart) {
    if let input = runs[lease]?.input { actions.append(.input(lease, input)) }
    actions.append(.keeper(.start(process)))
  }

  mutating func stop(_ lease: Lease) {
    guard let run = runs[lease], !run.isStopAsked else { return }
    if var result = run.unproven {
      // Its file system may not answer for a long time.
      result.outcome = .stopped
      result.reason = "stopped while its result files were looked for"
      runs[lease]?.isStopAsked = true
      runs[lease]?.unproven = nil
      runs[lease]?.result = result
      return deliver(lease)
    }
    guard !run.isOver else { return }
    runs[lease]?.isStopAsked = true
    if case .looking = run.phase {
      runs[lease]?.phase = .ended(nil)
      return conclude(lease, RunResult(outcome: .stopped, reason: "stopped"))
    }
    actions.append(.keeper(.stop(lease, graceMilliseconds: graceMilliseconds)))
  }

  /// The agent is to leave nothing behind.
  mutating func stopAll() {
    isEnding = true
    for lease in runs.keys.sorted() { stop(lease) }
  }

  /// No more starts: the agent ends its tasks and leaves. What the server still sends goes back when it hears of that.
  private var isEnding = false

  private mutating func acknowledged(_ lease: Lease) {
    guard let run = runs[lease] else { return }
    if run.isOver { forget(lease) } else { abandon(lease) }
  }

  /// Stopped with its full grace, and forgotten when it has ended.
  private mutating func abandon(_ lease: Lease) {
    guard let run = runs[lease] else { return }
    if run.isOver { return forget(lease) }
    runs[lease]?.isAbandoned = true
    runs[lease]?.cursors.live = nil
    withProgress.remove(lease)
    stop(lease)
  }

  mutating func forget(_ lease: Lease) {
    guard let run = runs.removeValue(forKey: lease) else { return }
    actions.append(.keeper(.forget(lease)))
    if run.note.hasWork { actions.append(.emptyTrash) }
    withProgress.remove(lease)
    endDelivery(lease)
  }

  /// - Parameter isCongested: the server does not read as fast as is sent.
  mutating func setCongested(_ isCongested: Bool) {
    guard self.isCongested != isCongested else { return }
    self.isCongested = isCongested
    if !isCongested { for lease in runs.keys.sorted() { read(lease) } }
  }

  // MARK: - From the file system

  /// What was found of a run's files.
  mutating func looked(_ lease: Lease, _ verdict: ResultFiles.Verdict) {
    guard let run = runs[lease] else { return }
    if case .looking(let process) = run.phase {
      guard case .complete(let count) = verdict else {
        runs[lease]?.phase = .starting(process)
        return begin(lease, process)
      }
      runs[lease]?.phase = .ended(nil)
      let files = count == 1 ? "its result file is there already" : "all \(count) of its result files are there already"
      conclude(lease, RunResult(outcome: .skipped, reason: "not run: \(files)"))
    } else if let result = run.unproven {
      runs[lease]?.unproven = nil
      runs[lease]?.result = run.judged(result, verdict)
      deliver(lease)
    }
  }
}
