import Model
import Text
import Wire

/// Waits for jobs by a live view of them: the server tells what changes, nobody asks again and again.
struct Waiting {
  let call: Call
  /// nil: waits for ever.
  let deadline: ContinuousClock.Instant?

  /// - Parameter timeout: in seconds from now; nil: none.
  init(_ call: Call, timeout: Double? = nil) {
    self.call = call
    deadline = timeout.map { ContinuousClock.now + .seconds($0) }
  }

  /// - Parameters:
  ///   - known: how the jobs stand, as far as that was asked already.
  ///   - farm: the connection on which it begins; it is closed at the end.
  func run(_ jobs: [JobID], names: [JobID: String], known: [JobSummary] = [], on farm: Farm) async throws -> WaitBoard {
    var board = WaitBoard(jobs, names: names)
    for row in known { board.update(row) }
    if board.isDecided {
      await farm.connection.close()
      return board
    }
    var progress = ProgressLine(call: call)
    defer { progress.finish() }
    var retry = Reconnecting(call, first: farm)
    while !board.isDecided, !board.isTimedOut {
      let farm: Farm
      do {
        farm = try await retry.connect(until: deadline)
      } catch let failure as Failure where failure.code == .timedOut {
        board.isTimedOut = true
        break
      }
      let timer = deadline.map { farm.end(at: $0) }
      defer { timer?.cancel() }
      farm.subscribe(Self.subscription(jobs))
      do {
        try await follow(farm, &board, &progress)
      } catch {
        await farm.connection.close()
        throw error
      }
      if board.isDecided || board.isTimedOut { await farm.connection.close() } else { progress.interrupt() }
    }
    return board
  }

  private static func subscription(_ jobs: [JobID]) -> WireSubscribe {
    var view = WireJobsView()
    view.ids = jobs.map(\.value)
    var subscription = WireSubscribe()
    subscription.subscription = 1
    subscription.window.first = 0
    subscription.window.count = UInt32(jobs.count)
    subscription.jobs = view
    return subscription
  }

  /// Until the jobs are decided, the time is over, or the connection is lost.
  private func follow(_ farm: Farm, _ board: inout WaitBoard, _ progress: inout ProgressLine) async throws {
    for await event in farm.events {
      switch event {
      case .view(let update):
        if update.hasFailure {
          let failure = Failure(update.failure)
          guard failure.code == .notFound else { throw failure }
          board.replace(with: [])
        } else if update.snapshot {
          board.replace(with: update.jobs.map(JobSummary.init))
        } else {
          for row in update.jobs { board.update(JobSummary(row)) }
          if update.total < UInt64(board.existing) {
            // Which are gone a delta does not say.
            let rows = try await rows(farm, of: board)
            board.replace(with: rows)
          }
        }
        progress.show(&board)
        if board.isDecided { return }
      case .timedOut:
        board.isTimedOut = true
        return
      case .closed: return
      case .log: break
      }
    }
  }

  private func rows(_ farm: Farm, of board: WaitBoard) async throws -> [JobSummary] {
    do {
      return try await farm.jobs(.ids(board.jobs.map(\.id)))
    } catch let failure as Failure where failure.code == .notFound {
      return []
    }
  }
}

/// Progress on standard error: a bar that is drawn over on a terminal, else lines.
struct ProgressLine {
  let call: Call
  private var isDrawn = false

  init(call: Call) { self.call = call }

  mutating func show(_ board: inout WaitBoard) {
    if call.wantsJSON { return }
    guard let columns = call.error.columns else {
      let news = board.news()
      if !news.isEmpty { call.error.write(news.joined(separator: "\n") + "\n") }
      return
    }
    if !isDrawn { Signals.endLineOnInterrupt() }
    isDrawn = true
    call.error.write("\r\(board.bar(columns: columns, ascii: !call.isUnicode))\u{1B}[K")
  }

  /// What is written next stands on a line of its own.
  mutating func interrupt() {
    guard isDrawn else { return }
    call.error.write("\n")
    isDrawn = false
  }

  mutating func finish() {
    if isDrawn { Signals.restore() }
    interrupt()
  }
}
