import Dispatch
import Model
import NIOCore
import Scheduler
import Wire

/// What a document is for.
enum DocumentUse: Sendable {
  case job(isPaused: Bool)
  case blocks(JobSelection)
  case tasks(JobSelection, BlockSelection)

  /// - Throws: `Failure(.usage)` when no job is named.
  init(_ place: WireAppendPlace) throws(Failure) {
    let jobs = try Question.selection(place.selector)
    if let block = BlockSelection(text: place.block) { self = .tasks(jobs, block) } else { self = .blocks(jobs) }
  }

  enum Read: Sendable {
    case job(JobSpec)
    case addition(Addition, to: JobSelection)
  }
}

/// Documents of jobs, and of what is added to them: short ones are read on the event loop, longer ones beside it, one after the
/// other, so that neither the loop nor the farm waits.
extension SessionHandler {
  /// - Parameter done: called on the event loop when the document has been read, for good or ill.
  func read(
    _ document: [UInt8], for use: DocumentUse, number: UInt64, _ session: Session, done: @escaping @Sendable () -> Void = {}
  ) {
    guard !hall.isStopping else {
      done()
      return reply(number, .failure(Failure(.failed, "the server is stopping; submit again when it is back")))
    }
    expect(number, weight: 1)
    let user = session.person.user
    let priority = hall.priority
    if document.count <= hall.limits.smallDocument {
      take(Self.read(document, for: use, user: user, priority: priority), number: number)
      return done()
    }
    hold(.document)
    let queue = document.count <= hall.limits.longDocument ? hall.documents : hall.longDocuments
    queue.async {
      let reading = Self.read(document, for: use, user: user, priority: priority)
      session.loop.execute {
        done()
        session.with { handler in
          handler.take(reading, number: number)
          handler.release(.document)
          handler.answerRequests()
          handler.postMails()
          handler.flush()
        }
      }
    }
  }

  private struct Reading: Sendable {
    var document: DocumentUse.Read
    var warnings: [String]
  }

  private static func read(
    _ document: [UInt8], for use: DocumentUse, user: String, priority: UInt8
  ) -> Result<Reading, DocumentError> {
    do throws(DocumentError) {
      switch use {
      case .job(let isPaused):
        var reading = try JobDocument.read(document, defaultUser: user, defaultPriority: priority)
        if isPaused { reading.job.isOffline = true }
        return .success(Reading(document: .job(reading.job), warnings: reading.warnings))
      case .blocks(let jobs):
        let reading = try AdditionDocument.blocks(document)
        return .success(Reading(document: .addition(reading.addition, to: jobs), warnings: reading.warnings))
      case .tasks(let jobs, let block):
        let reading = try AdditionDocument.tasks(document, of: block)
        return .success(Reading(document: .addition(reading.addition, to: jobs), warnings: reading.warnings))
      }
    } catch { return .failure(error) }
  }

  private func take(_ reading: Result<Reading, DocumentError>, number: UInt64) {
    guard let session, !isLeaving else { return }
    switch reading {
    case .success(let reading):
      if !reading.warnings.isEmpty { warnings[number] = reading.warnings }
      switch reading.document {
      case .job(let spec): mails.append(.submit(session, number: number, spec))
      case .addition(let addition, let jobs): mails.append(.add(session, number: number, addition, to: jobs))
      }
    case .failure(let error):
      reply(number, .failure(Failure(.failed, "\(error)")))
    }
  }
}
