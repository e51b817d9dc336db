import Model
import Text

/// The jobs that are waited for, and how each stands. Pure: rows come in, lines and a verdict go out.
struct WaitBoard {
  enum Standing: Hashable { case open, done, failed, deleted }

  private struct Entry {
    var name: String
    var row: JobSummary?
    var isDeleted = false
    var lastLine = ""
  }

  private var entries: [JobID: Entry] = [:]
  private let order: [JobID]
  var isTimedOut = false

  init(_ jobs: [JobID], names: [JobID: String]) {
    order = jobs
    for job in jobs { entries[job] = Entry(name: names[job] ?? "") }
  }

  mutating func update(_ row: JobSummary) {
    guard entries[row.id] != nil else { return }
    entries[row.id]?.row = row
    entries[row.id]?.name = row.name
    entries[row.id]?.isDeleted = false
  }

  /// All jobs that exist: the others were deleted.
  mutating func replace(with rows: [JobSummary]) {
    let there = Set(rows.map(\.id))
    for job in order where !there.contains(job) { entries[job]?.isDeleted = true }
    for row in rows { update(row) }
  }

  /// How many jobs are thought to exist.
  var existing: Int { entries.values.reduce(0) { $0 + ($1.isDeleted ? 0 : 1) } }
  /// The last known rows, in the order asked for.
  var jobs: [JobSummary] { order.compactMap { entries[$0]?.row } }

  func standing(of job: JobID) -> Standing {
    guard let entry = entries[job] else { return .deleted }
    if let row = entry.row, row.state.contains(.done) || (row.counts.total > 0 && row.counts.isAllFinished) { return .done }
    if entry.isDeleted { return .deleted }
    guard let counts = entry.row?.counts else { return .open }
    let moves = counts.running > 0 || counts.ready > 0 || counts.errorReady > 0 || counts.waitingReconnect > 0
    return counts.error > 0 && !moves ? .failed : .open
  }

  var isDecided: Bool { order.allSatisfy { standing(of: $0) != .open } }

  /// - Throws: `Failure` with the exit code when not all jobs are done.
  func conclude() throws(Failure) {
    if isTimedOut {
      let open = order.filter { standing(of: $0) == .open }
      throw Failure(.timedOut, "the time is over, and \(Format.count(open.count, "job")) not done: \(list(open))")
    }
    let deleted = order.filter { standing(of: $0) == .deleted }
    let failed = order.filter { standing(of: $0) == .failed }
    if !failed.isEmpty {
      throw Failure(.failed, "\(Format.count(failed.count, "job")) failed: \(list(failed)) (see 'reeve tasks JOB --state error')")
    }
    if !deleted.isEmpty { throw Failure(.failed, "\(Format.count(deleted.count, "job")) deleted before done: \(list(deleted))") }
  }

  private func list(_ jobs: [JobID]) -> String {
    jobs.prefix(5).map { "\($0) \"\(entries[$0]?.name ?? "")\"" }.joined(separator: ", ") + (jobs.count > 5 ? " …" : "")
  }

  /// One line for each job.
  var summary: [String] { order.map { line($0) } }

  private func line(_ job: JobID) -> String {
    let entry = entries[job]
    let word =
      switch standing(of: job) {
      case .open: "not done"
      case .done: "done"
      case .failed: "failed"
      case .deleted: "deleted"
      }
    var text = "job \(job) \"\(Sanitize.line(entry?.name ?? ""))\" \(word)"
    if let row = entry?.row {
      text += ": \(JobPresentation.counts(row.counts))"
      if row.done != .never, row.started != .never { text += ", in \(Format.duration(seconds: (row.done - row.started).seconds))" }
    }
    return text
  }

  /// For where there is no terminal: a line for each job that is not decided and whose percentage or errors changed since the
  /// last call.
  mutating func news() -> [String] {
    var lines: [String] = []
    for job in order {
      guard let entry = entries[job] else { continue }
      let counts = entry.row?.counts
      let mark = "\(counts?.percent ?? 0) \(counts?.error ?? 0)"
      guard mark != entry.lastLine, entry.row != nil, standing(of: job) == .open else { continue }
      entries[job]?.lastLine = mark
      lines.append(line(job))
    }
    return lines
  }

  /// The bar: `  42% █████▎        12/24 tasks, 2 running, 1 failed`, never wider than the terminal.
  func bar(columns: Int, ascii: Bool) -> String {
    var counts = TaskCounts()
    for job in order { if let row = entries[job]?.row { counts = counts + row.counts } }
    var text = "\(counts.finished)/\(counts.total) tasks"
    if counts.running > 0 { text += ", \(counts.running) running" }
    if counts.error > 0 { text += ", \(counts.error) failed" }
    if order.count > 1 {
      let done = order.count { standing(of: $0) == .done }
      text += ", \(done)/\(order.count) jobs"
    } else if let row = order.first.flatMap({ entries[$0]?.row }), row.state.contains(.offline) {
      text += ", paused"
    }
    let percent = Width.pad("\(counts.percent)%", to: 4, alignment: .right)
    // One column stays free: writing into the last one may wrap.
    let room = columns - 1 - Width.of(percent) - 2 - Width.of(text)
    guard room >= 8 else { return Width.cut("\(percent) \(text)", to: columns - 1, ellipsis: ascii ? "" : "…") }
    let bar = ProgressBar.text(
      done: Int64(counts.finished), of: Int64(counts.total), columns: min(room, max(8, columns / 3)), ascii: ascii)
    return "\(percent) \(bar) \(text)"
  }
}
