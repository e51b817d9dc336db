import FoundationEssentials
import Model
import Wire

/// All runs of the agent, as a state machine: what comes from the server and from the keeper goes in, what is to be sent to both
/// comes out of `takeActions`. It opens nothing, waits for nothing and knows no clock.
///
/// A run's life: started by the server → started by the keeper → its output grows and is parsed → ended → the rest is parsed, the
/// result is clear → all kept output and then the result are delivered → acknowledged → forgotten by the keeper. While the server is
/// away everything up to the result goes on.
struct RunTable {
  enum Action {
    case keeper(KeeperRequest)
    /// Several in a row travel in one frame.
    case update(WireRunUpdate)
    case output(WireRunOutput)
    /// A working directory that was not empty was forgotten.
    case emptyTrash
  }

  /// Deliveries of output at once.
  private static let deliveries = 4

  private let catalog: ServiceCatalog
  private let plan: TaskPlan
  private let graceMilliseconds: UInt32
  private var runs: [Lease: Run] = [:]
  private var blocks: [BlockKey: WireBlockDefinition] = [:]
  private var actions: [Action] = []
  /// Registered and accepted.
  private var isOnline = false
  private var isCongested = false
  /// Results with output that wait for their turn, first come first served; and those that have it.
  private var waiting: [Lease] = []
  private var delivering: Set<Lease> = []
  /// Started, and the server not told yet.
  private var newlyRunning: [Lease] = []
  private var withProgress: Set<Lease> = []

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
      let service = try catalog.service(block.service)
      let process = try plan.process(start, of: block, service: service, note: note)
      runs[lease] = Run(
        lease: lease, note: note, service: service, rules: catalog.rules(parser: block.parser, service: service),
        phase: .starting(process))
      actions.append(.keeper(.start(process)))
    } catch {
      runs[lease] = Run(lease: lease, note: note, service: .generic, rules: [], phase: .ended(nil))
      conclude(lease, RunResult(outcome: .failedToStart, reason: "\(error)"))
    }
  }

  mutating func stop(_ lease: Lease) {
    guard let run = runs[lease], !run.isOver, !run.isStopAsked else { return }
    runs[lease]?.isStopAsked = true
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

  private mutating func forget(_ lease: Lease) {
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

  // MARK: - From the keeper

  mutating func take(_ report: KeeperReport) {
    switch report {
    case .hello, .listed: break
    case .kept(let kept): found(kept)
    case .started(let lease, let pid):
      guard runs[lease] != nil else { return }
      runs[lease]?.phase = .running(pid: pid)
      newlyRunning.append(lease)
    case .grew(let lease, let total):
      guard let run = runs[lease] else { return }
      runs[lease]?.total = max(run.total, total)
      read(lease)
    case .ended(let lease, let record): ended(lease, record)
    case .portion(let lease, let offset, let total, let data): take(lease, offset: offset, total: total, data)
    }
  }

  /// A run that the keeper has from an earlier life of the agent, or of the keeper.
  private mutating func found(_ kept: KeptRun) {
    let lease = kept.lease
    if let run = runs[lease] {
      if case .ended(let record) = kept.phase, !run.isOver { ended(lease, record) }
      return
    }
    guard let note = RunNote(kept.note) else {
      actions.append(.keeper(.forget(lease)))
      return
    }
    let service = (try? catalog.service(note.service)) ?? .generic
    let rules = catalog.rules(parser: note.parser, service: service)
    switch kept.phase {
    case .running(let pid):
      runs[lease] = Run(
        lease: lease, note: note, service: service, rules: rules, phase: .running(pid: pid), total: kept.total)
      read(lease)
    case .ended(let record):
      runs[lease] = Run(
        lease: lease, note: note, service: service, rules: rules, phase: .ended(record), total: record.outputTotal)
      settle(lease)
    }
  }

  /// The keeper is gone, and with it all processes. Results that it had on disk the next one has.
  mutating func keeperLost() {
    for lease in runs.keys.sorted() {
      runs[lease]?.reading = nil
      guard let run = runs[lease], !run.isOver else { continue }
      runs[lease]?.phase = .ended(nil)
      conclude(lease, RunResult(outcome: .lost, reason: "the keeper of the render's tasks was killed"))
    }
  }

  /// A new keeper has listed what it has: what the one before did not answer is asked again.
  mutating func keeperFound() {
    for lease in runs.keys.sorted() {
      runs[lease]?.reading = nil
      if case .starting(let process)? = runs[lease]?.phase { actions.append(.keeper(.start(process))) }
      if let run = runs[lease], !run.isOver, run.isStopAsked {
        actions.append(.keeper(.stop(lease, graceMilliseconds: graceMilliseconds)))
      }
      read(lease)
    }
  }

  private mutating func ended(_ lease: Lease, _ record: RunRecord) {
    guard let run = runs[lease] else { return actions.append(.keeper(.forget(lease))) }
    guard !run.isOver else { return }
    runs[lease]?.phase = .ended(record)
    runs[lease]?.total = record.outputTotal
    runs[lease]?.cursors.live = nil
    if run.isAbandoned { return forget(lease) }
    settle(lease)
  }

  // MARK: - Output

  /// Asks for the next portion that somebody needs.
  private mutating func read(_ lease: Lease) {
    guard let run = runs[lease], run.reading == nil, let offset = run.nextRead(isCongested: isCongested) else { return }
    runs[lease]?.reading = offset
    actions.append(.keeper(.read(lease, offset: offset, limit: UInt32(KeeperProtocol.portionBytes))))
  }

  private mutating func take(_ lease: Lease, offset: UInt64, total: UInt64, _ data: [UInt8]) {
    guard var run = runs.removeValue(forKey: lease) else { return }
    let asked = run.reading ?? 0
    run.reading = nil
    if !run.isOver { run.total = max(run.total, total) }
    // Nothing kept is left: whoever waits has come to the end.
    let offset = data.isEmpty ? run.total : offset
    let end = offset + UInt64(data.count)

    if run.parser.verdict == nil, asked <= run.cursors.parser, run.cursors.parser < end || data.isEmpty {
      if run.cursors.parser < offset { run.parser.skip() }
      run.parser.feed(data.dropFirst(Int(max(run.cursors.parser, offset) - offset)))
      run.cursors.parser = end
    }
    for (cursor, isLive) in [(\Run.Cursors.live, true), (\Run.Cursors.delivery, false)] {
      guard let at = run.cursors[keyPath: cursor], asked <= at, at < end || data.isEmpty else { continue }
      let start = max(at, offset)
      if start < end { actions.append(.output(Self.output(run, at: start, data.dropFirst(Int(start - offset)), isLive: isLive))) }
      run.cursors[keyPath: cursor] = end
    }
    runs[lease] = run

    if run.isOver {
      settle(lease)
    } else {
      noteProgress(lease)
      // Its verdict is spoken: it has nothing more to do.
      if run.parser.verdict != nil { stopForVerdict(lease) }
    }
    read(lease)
  }

  private mutating func stopForVerdict(_ lease: Lease) {
    guard runs[lease]?.isStopAsked == false else { return }
    actions.append(.keeper(.stop(lease, graceMilliseconds: graceMilliseconds)))
  }

  private static func output(_ run: Run, at offset: UInt64, _ data: ArraySlice<UInt8>, isLive: Bool) -> WireRunOutput {
    var output = WireRunOutput()
    output.lease = run.lease.value
    output.key = WireTaskKey(run.note.key)
    output.start = run.note.start
    output.offset = offset
    output.data = Data(data)
    output.live = isLive
    return output
  }

  // MARK: - Results

  /// A run that is over: reads on until its result is clear, then delivers.
  private mutating func settle(_ lease: Lease) {
    guard var run = runs[lease], case .ended(let record) = run.phase else { return }
    if run.result == nil, let record {
      guard run.isParsed else { return read(lease) }
      if run.cursors.parser >= run.total { run.parser.finish() }
      run.result = run.judged(record)
      runs[lease] = run
      withProgress.remove(lease)
    }
    deliver(lease)
  }

  /// A run that ended without the keeper's word.
  private mutating func conclude(_ lease: Lease, _ result: RunResult) {
    runs[lease]?.result = result
    runs[lease]?.total = 0
    withProgress.remove(lease)
    if runs[lease]?.isAbandoned == true { forget(lease) } else { deliver(lease) }
  }

  /// Brings a result on its way: its output first.
  private mutating func deliver(_ lease: Lease) {
    guard isOnline, let run = runs[lease], let result = run.result, !run.isTold else { return }
    let output = result.outcome == .failedToStart && run.total == 0 ? Self.explanation(result) : []
    if !output.isEmpty { actions.append(.output(Self.output(run, at: 0, output[...], isLive: false))) }
    if run.total == 0 { return tell(lease, result) }
    if run.cursors.delivery == nil {
      guard delivering.count < Self.deliveries else {
        if !waiting.contains(lease) { waiting.append(lease) }
        return
      }
      delivering.insert(lease)
      runs[lease]?.cursors.delivery = 0
    }
    if let cursor = runs[lease]?.cursors.delivery, cursor >= run.total {
      tell(lease, result)
      endDelivery(lease)
    } else {
      read(lease)
    }
  }

  /// What stands in the log of a task that wrote none.
  private static func explanation(_ result: RunResult) -> [UInt8] {
    Array("reeve-render: the task could not be started: \(result.reason)\n".utf8)
  }

  private mutating func tell(_ lease: Lease, _ result: RunResult) {
    guard let run = runs[lease] else { return }
    runs[lease]?.isTold = true
    actions.append(.update(Self.update(lease, .finished(WireRunFinished(key: run.note.key, start: run.note.start, result)))))
  }

  private mutating func endDelivery(_ lease: Lease) {
    waiting.removeAll { $0 == lease }
    guard delivering.remove(lease) != nil, !waiting.isEmpty else { return }
    deliver(waiting.removeFirst())
  }

  // MARK: - Progress

  private mutating func noteProgress(_ lease: Lease) {
    guard let run = runs[lease], !run.isOver, run.parser.progress != run.told else { return }
    withProgress.insert(lease)
  }

  /// Tells what has changed since it was told last. Called at most twice a second.
  mutating func tellProgress() {
    guard isOnline else { return }
    for lease in withProgress.sorted() {
      guard let run = runs[lease], !run.isOver, run.parser.progress != run.told else { continue }
      runs[lease]?.told = run.parser.progress
      actions.append(.update(Self.update(lease, .progress(WireRunProgress(run.parser.progress)))))
    }
    withProgress.removeAll(keepingCapacity: true)
  }

  private static func update(_ lease: Lease, _ content: WireRunUpdate.OneOf_Content) -> WireRunUpdate {
    var update = WireRunUpdate()
    update.lease = lease.value
    update.content = content
    return update
  }
}
