import Foundation
import Logging
import Model
import NIOCore
import Wire

/// Backups that go out and come in. Whoever may make one may read and replace all there is: administrators, on this machine.
extension SessionHandler {
  /// - Returns: whether it was a request of this kind.
  func takeArchive(_ content: WireRequest.OneOf_Content, number: UInt64, _ session: Session) -> Bool {
    switch content {
    case .backup, .restoreBegin, .restorePart, .restoreCommit: break
    default: return false
    }
    guard Hall.isLoopback(remote) else {
      reply(number, .failure(Failure(.notPermitted, "backups are made and restored on the server's own machine only")))
      return true
    }
    var deed = Deed.restore
    if case .backup = content { deed = .backup }
    if let refusal = Rights.refusal(of: deed, by: session.person.user, session.role, owner: nil) {
      reply(number, .failure(Failure(.notPermitted, refusal)))
      return true
    }
    guard !hall.isStopping else {
      reply(number, .failure(Failure(.failed, "the server is stopping; ask again when it is back")))
      return true
    }
    // The next one is begun when this one is answered.
    expect(number, weight: hall.limits.requestsInFlight)
    let answer: @Sendable (Reply) -> Void = { Delivery.send([Outgoing(session, .reply(number, $0))]) }
    switch content {
    case .backup(let backup):
      hall.archives.backup(session.id, portion: backup.portion) { result in
        switch result {
        case .success(let portion): answer(.backup(portion))
        case .failure(let failure): answer(.failure(failure))
        }
      }
    case .restoreBegin(let begin):
      let mailbox = hall.mailbox
      hall.archives.beginRestore(session.id, size: begin.size) { result in
        switch result {
        // What it would replace is the farm's to say.
        case .success: mailbox.post(.ask(session, number: number, .restorePlan))
        case .failure(let failure): answer(.failure(failure))
        }
      }
    case .restorePart(let part):
      guard part.data.count <= Limits.documentPart else {
        reply(number, .failure(Failure(.usage, "a portion of a backup of the wrong length")))
        return true
      }
      hall.archives.restore(session.id, offset: part.offset, [UInt8](part.data)) { result in
        switch result {
        case .success(let taken): answer(.restoreTaken(taken))
        case .failure(let failure): answer(.failure(failure))
        }
      }
    case .restoreCommit:
      let log = log
      hall.archives.commitRestore(session.id) { result in
        switch result {
        case .success(let end):
          log.notice("\(session.person.description) restored a backup of \(end.jobs) jobs; starting anew with it")
          answer(.restored(end))
        case .failure(let failure): answer(.failure(failure))
        }
      }
    default: break
    }
    return true
  }
}
