import Model
import Wire

// How runs ended and how far they are: what the server hears.
extension RunTable {
  /// A run that is over: reads on until its result is clear, then delivers.
  mutating func settle(_ lease: Lease) {
    guard var run = runs[lease], case .ended(let record) = run.phase, run.unproven == nil else { return }
    if run.result == nil, let record {
      guard run.isParsed else { return read(lease) }
      if run.cursors.parser >= run.total { run.parser.finish() }
      withProgress.remove(lease)
      let result = run.judged(record)
      if result.outcome == .success, let files = run.note.files {
        run.unproven = result
        runs[lease] = run
        return actions.append(.look(lease, files))
      }
      run.result = result
      runs[lease] = run
    }
    deliver(lease)
  }

  /// A run that ended without the keeper's word.
  mutating func conclude(_ lease: Lease, _ result: RunResult) {
    runs[lease]?.result = result
    runs[lease]?.total = 0
    withProgress.remove(lease)
    if runs[lease]?.isAbandoned == true { forget(lease) } else { deliver(lease) }
  }

  /// Brings a result on its way: its output first.
  mutating func deliver(_ lease: Lease) {
    guard isOnline, let run = runs[lease], let result = run.result, !run.isTold else { return }
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

  private mutating func tell(_ lease: Lease, _ result: RunResult) {
    guard let run = runs[lease] else { return }
    if let words = Self.lastWords(run, result) {
      let text = Array("\(run.total > 0 && run.isLineOpen ? "\n" : "")reeve-render: \(words)\n".utf8)
      actions.append(.output(Self.output(run, at: run.total, text[...], isLive: false)))
    }
    runs[lease]?.isTold = true
    actions.append(.update(Self.update(lease, .finished(WireRunFinished(key: run.note.key, start: run.note.start, result)))))
  }

  /// What stands in the log of a task behind all that it wrote itself, when that does not tell the whole story.
  private static func lastWords(_ run: Run, _ result: RunResult) -> String? {
    switch result.outcome {
    case .failedToStart: run.total == 0 ? "the task could not be started: \(result.reason)" : nil
    case .skipped, .badFiles, .lost: result.reason
    default: nil
    }
  }

  mutating func endDelivery(_ lease: Lease) {
    waiting.removeAll { $0 == lease }
    guard delivering.remove(lease) != nil, !waiting.isEmpty else { return }
    deliver(waiting.removeFirst())
  }

  // MARK: - Progress

  mutating func noteProgress(_ lease: Lease) {
    guard let run = runs[lease], !run.isOver, run.progress != run.told else { return }
    withProgress.insert(lease)
  }

  /// What the processes of runs have, in MB, by their leaders. Small changes are not worth a word to the server.
  mutating func measured(_ memory: [Int32: Int64]) {
    for (lease, run) in runs {
      guard let pid = run.pid, let now = memory[pid] else { continue }
      runs[lease]?.memoryPeakMB = max(run.memoryPeakMB, now)
      guard abs(now - run.memoryMB) >= max(8, run.memoryMB / 16) || run.memoryMB == 0 else { continue }
      runs[lease]?.memoryMB = now
      noteProgress(lease)
    }
  }

  /// Tells what has changed since it was told last. Called at most twice a second.
  mutating func tellProgress() {
    guard isOnline else { return }
    for lease in withProgress.sorted() {
      guard let run = runs[lease], !run.isOver, run.progress != run.told else { continue }
      runs[lease]?.told = run.progress
      actions.append(.update(Self.update(lease, .progress(WireRunProgress(run.progress)))))
    }
    withProgress.removeAll(keepingCapacity: true)
  }

  static func update(_ lease: Lease, _ content: WireRunUpdate.OneOf_Content) -> WireRunUpdate {
    var update = WireRunUpdate()
    update.lease = lease.value
    update.content = content
    return update
  }
}
