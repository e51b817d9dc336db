import Model
import Scheduler

/// A list of jobs that is being put together: some thousand jobs a time, so that the farm goes on meanwhile.
struct JobScan: Sendable {
  let session: Session
  let number: UInt64
  private let question: JobsQuestion
  /// What the selection means; nil: all jobs.
  private let chosen: [JobID]?
  private var after: JobID?
  private var rows: [JobSummary] = []
  private var bytes = 0

  /// Jobs looked at in one slice.
  private static let step = 2000

  init(session: Session, number: UInt64, question: JobsQuestion, _ farm: Farm) {
    self.session = session
    self.number = number
    self.question = question
    chosen = question.selection.map { farm.resolve($0) }
    after = question.after
  }

  /// Looks at some more jobs.
  ///
  /// - Returns: the answer, when it is complete.
  mutating func slice(_ farm: Farm) -> Reply? {
    let ids: [JobID]
    if let chosen {
      let from = after.map { last in chosen.firstIndex { $0 > last } ?? chosen.count } ?? 0
      ids = Array(chosen[from...].prefix(Self.step))
    } else {
      ids = farm.jobIDs(after: after, limit: Self.step)
    }
    for id in ids {
      if isWanted(id, farm), let row = farm.jobRow(id) {
        bytes += 300 + row.name.utf8.count + min(512, row.annotation.utf8.count)
        if rows.count == Limits.rowsPerPage || bytes > Answers.pageBytes { return .jobs(rows, more: true) }
        rows.append(row)
      }
      after = id
    }
    return ids.count < Self.step ? .jobs(rows, more: false) : nil
  }

  private func isWanted(_ id: JobID, _ farm: Farm) -> Bool {
    if !question.state.isEmpty {
      guard let state = farm.jobState(id), !state.isDisjoint(with: question.state) else { return false }
    }
    return question.user.isEmpty || farm.spec(id)?.user == question.user
  }
}
