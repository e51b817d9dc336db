import FoundationEssentials
import Model
import Wire

// What comes from the keeper: what it has, what ended, and output.
extension RunTable {
  mutating func take(_ report: KeeperReport) {
    switch report {
    case .hello, .listed: break
    case .kept(let kept): found(kept)
    case .started(let lease, let pid):
      guard runs[lease] != nil else { return }
      runs[lease]?.phase = .running(pid: pid)
      runs[lease]?.input = nil
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

  /// The keeper is gone, and with it all processes. What it had on disk the next one has.
  mutating func keeperLost() {
    for lease in runs.keys.sorted() {
      runs[lease]?.reading = nil
      switch runs[lease]?.phase {
      case .starting, .running: runs[lease]?.phase = .missing
      case .looking, .missing, .ended, nil: break
      }
    }
  }

  /// There is no keeper that could say what is left of those that are missing.
  mutating func giveUpMissing() {
    for lease in runs.keys.sorted() {
      guard case .missing? = runs[lease]?.phase else { continue }
      runs[lease]?.phase = .ended(nil)
      conclude(lease, RunResult(outcome: .lost, reason: Run.keeperKilled))
    }
  }

  /// A new keeper has listed what it has: what the one before did not answer is asked again.
  mutating func keeperFound() {
    giveUpMissing()
    for lease in runs.keys.sorted() {
      runs[lease]?.reading = nil
      if case .starting(let process)? = runs[lease]?.phase { begin(lease, process) }
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
    runs[lease]?.input = nil
    runs[lease]?.total = record.outputTotal
    runs[lease]?.cursors.live = nil
    if run.isAbandoned { return forget(lease) }
    settle(lease)
  }

  // MARK: - Output

  /// Asks for the next portion that somebody needs.
  mutating func read(_ lease: Lease) {
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
      if !isLive, let last = data.last { run.isLineOpen = last != 0x0a }
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

  static func output(_ run: Run, at offset: UInt64, _ data: ArraySlice<UInt8>, isLive: Bool) -> WireRunOutput {
    var output = WireRunOutput()
    output.lease = run.lease.value
    output.key = WireTaskKey(run.note.key)
    output.start = run.note.start
    output.hostNumber = run.note.host
    output.offset = offset
    output.data = Data(data)
    output.live = isLive
    return output
  }
}
