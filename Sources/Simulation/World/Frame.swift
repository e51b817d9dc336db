import Model
import Scheduler

/// What travels between nodes: the words of the wire protocol, as values.
enum Frame: Sendable {
  // From agents.
  case register(RenderRegistration)
  case alive(HostResources?)
  case started(Lease)
  case progressed(Lease, RunProgress)
  case finished(Lease, TaskKey, RunResult)
  case leaving(ejected: Bool)

  // To agents.
  case accepted(RenderID, keep: [Lease])
  case refused
  case configure(RenderConfiguration)
  case start(RunStart)
  case stop(Lease)
  case acknowledge(Lease)

  // Of people.
  case ask(UInt64, Request)
  case answer(UInt64, Reply)
}

/// What people ask for.
enum Request: Sendable {
  case submit(JobSpec)
  case operate(Operation)
  case edit(Edit)
  case add(Addition, to: JobID)
  case operateRenders(RenderOperation, [String])
  /// nil: the last order.
  case undo(UInt64?)
  /// The list of jobs, as a command gets it: when what it shows is kept.
  case list
}

enum Reply: Sendable {
  case answer(Answer)
  case list([JobID])
}

/// A frame on its way out of the server, for the commit line.
struct Parcel: CommitMessage {
  var connection: Int
  var frame: Frame

  mutating func withdraw(_ jobs: Set<JobID>, saying failure: Failure) -> CommitFate {
    switch frame {
    case .start(let start):
      return jobs.contains(start.key.job) || (start.system?.job.map(jobs.contains) ?? false) ? .dropped : .waits
    case .answer(let number, .answer(.submitted(let job, _, _))) where jobs.contains(job):
      frame = .answer(number, .answer(.failed(failure)))
      return .leaves
    default: return .waits
    }
  }

  mutating func storeFails(saying failure: Failure) -> CommitFate {
    switch frame {
    case .answer(_, .answer(.submitted)): return .waits
    case .answer(_, .answer(.failed)), .answer(_, .list): return .leaves
    case .answer(let number, .answer):
      frame = .answer(number, .answer(.failed(failure)))
      return .leaves
    default: return .waits
    }
  }
}
