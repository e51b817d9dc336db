import Foundation
import Logging
import Model
import NIOCore
import Wire

/// What the person at a connection may: a user's rights, until a password raises them. They fall again when the person says so,
/// when nothing was asked for a while, when the password is another, and with the connection.
extension SessionHandler {
  /// Sent through all pipelines: the password of these roles is another.
  struct RolesEnded: Sendable { var roles: [Role] }

  /// - Returns: whether it was a request of this kind.
  func takeRole(_ content: WireRequest.OneOf_Content, number: UInt64, _ session: Session) -> Bool {
    switch content {
    case .raiseRole(let raise):
      guard session.kind != .render else {
        reply(number, .failure(Failure(.notPermitted, "renders have no roles")))
        return true
      }
      raiseRole([UInt8](raise.password), number, session)
    case .lowerRole:
      if session.role != .user { log.notice("\(session.person.description) at \(session.address) is a user again") }
      dropRole()
      reply(number, .role(.user, idle: 0))
    default: return false
    }
    return true
  }

  private func raiseRole(_ password: [UInt8], _ number: UInt64, _ session: Session) {
    guard !password.isEmpty, password.count <= Passwords.lengths.upperBound else {
      return reply(number, .failure(Failure(.usage, "no password, or one that is too long")))
    }
    // Further requests wait until it is known what they may.
    expect(number, weight: hall.limits.requestsInFlight)
    let loop = session.loop
    let whom = "\(session.person.user)@\(session.person.host) at \(session.address)"
    hall.passwords.look(at: password, from: remote, whom: whom) { verdict in
      loop.execute { session.with { $0.decided(verdict, number, session) } }
    }
  }

  private func decided(_ verdict: PasswordDesk.Verdict, _ number: UInt64, _ session: Session) {
    guard !isLeaving else { return }
    switch verdict {
    case .right(let role):
      wrongPasswords = 0
      session.setRole(role)
      watchRole()
      reply(number, .role(role, idle: hall.roleTime.nanoseconds / 1_000_000_000))
    case .wrong:
      wrongPasswords += 1
      if wrongPasswords >= PasswordDesk.perConnection {
        return refuse(Failure(.notPermitted, "\(wrongPasswords) wrong passwords on one connection"))
      }
      reply(number, .failure(Failure(.notPermitted, "the password is wrong")))
    case .refused(let failure): reply(number, .failure(failure))
    }
    flush()
  }

  /// A request is a word of the person: the time begins anew. Signs of life and views are none.
  func heardPerson() {
    if roleTimer != nil { lastWord = .now() }
  }

  private func watchRole() {
    lastWord = .now()
    roleTimer?.cancel()
    scheduleRoleEnd(in: hall.roleTime)
  }

  private func scheduleRoleEnd(in time: TimeAmount) {
    guard let context else { return }
    roleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
      roleTimer = nil
      let end = lastWord + hall.roleTime
      if end > .now() { return scheduleRoleEnd(in: end - .now()) }
      endRole("nothing was asked for \(Self.words(hall.roleTime))")
    }
  }

  private static func words(_ time: TimeAmount) -> String {
    let seconds = time.nanoseconds / 1_000_000_000
    return seconds >= 120 && seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
  }

  /// The server ends it, and says so.
  func endRole(_ reason: String) {
    guard let session, session.role != .user else { return }
    log.notice("\(session.person.description) at \(session.address) is a user again: \(reason)")
    dropRole()
    take(.role(reason))
    flush()
  }

  func dropRole() {
    roleTimer?.cancel()
    roleTimer = nil
    session?.setRole(.user)
  }
}
