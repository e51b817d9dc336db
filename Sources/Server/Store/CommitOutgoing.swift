import Model
import Scheduler

/// How frames fare when the store fails.
extension Outgoing: CommitMessage {
  mutating func withdraw(_ jobs: Set<JobID>, saying failure: Failure) -> CommitFate {
    switch out {
    case .events(var rows):
      rows.rows.removeAll { $0.job.map(jobs.contains) ?? false }
      out = .events(rows)
      return .waits
    case .start(let start, _):
      return jobs.contains(start.key.job) || (start.system?.job.map(jobs.contains) ?? false) ? .dropped : .waits
    case .reply(let number, .submitted(let job, _, _)) where jobs.contains(job):
      out = .reply(number, .failure(failure))
      return .leaves
    default: return .waits
    }
  }

  /// Events wait, since their numbers are their own only when they are kept.
  mutating func storeFails(saying failure: Failure) -> CommitFate {
    switch out {
    case .reply(let number, let reply) where reply.isOfAnOrder:
      if case .submitted = reply { return .waits }
      out = .reply(number, .failure(failure))
      return .leaves
    case .reply, .view: return .leaves
    default: return .waits
    }
  }
}
