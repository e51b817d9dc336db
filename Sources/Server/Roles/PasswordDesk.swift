import Dispatch
import Logging
import Model
import NIOCore
import Synchronization

/// Where passwords are looked at: beside the farm's actor and the event loops, one after the other, since each costs a tenth of a
/// second and 32 MiB. Who gave a wrong one waits before the next is looked at, and so does everybody at that address.
final class PasswordDesk: Sendable {
  enum Verdict: Hashable, Sendable {
    case right(Role)
    case wrong
    /// It was not looked at.
    case refused(Failure)
  }

  /// Passwords that wait to be looked at, over all connections.
  static let line = 8
  /// Wrong ones of one connection: after these it ends.
  static let perConnection = 5

  private struct State {
    var passwords: Passwords
    var delays: PasswordDelays
    var waiting = 0
    /// Attempts that were not looked at, since the log told of one.
    var unseen = 0
  }

  private let state: Mutex<State>
  private let log: Logger
  private let queue = DispatchQueue(label: "reeve.passwords", qos: .utility)

  init(_ passwords: Passwords, delays: PasswordDelays.Limits = PasswordDelays.Limits(), log: Logger) {
    state = Mutex(State(passwords: passwords, delays: PasswordDelays(limits: delays)))
    self.log = log
  }

  /// - Returns: roles whose passwords are others now.
  func replace(_ passwords: Passwords) -> [Role] {
    state.withLock { state in
      defer { state.passwords = passwords }
      return Passwords.roles.filter { state.passwords.hashes[$0] != passwords.hashes[$0] }
    }
  }

  /// - Parameters:
  ///   - whom: for the log.
  ///   - done: called on another thread.
  func look(
    at password: [UInt8], from address: SocketAddress?, whom: String,
    now: @escaping @Sendable () -> Int64 = { Int64(NIODeadline.now().uptimeNanoseconds) },
    done: @escaping @Sendable (Verdict) -> Void
  ) {
    var refusal: Failure?
    var words: String?
    let passwords = state.withLock { state -> Passwords in
      let wait = state.delays.wait(address, at: now())
      if state.passwords.hashes.isEmpty {
        refusal = Failure(.failed, "this server has no passwords (reeve-server --set-password sets them)")
      } else if wait > 0 {
        let seconds = (wait + 999_999_999) / 1_000_000_000
        refusal = Failure(.notPermitted, "wrong passwords came from there: try again in \(seconds) s")
        state.unseen += 1
        if state.unseen == 1 { words = "passwords of \(whom) are not looked at for \(seconds) s, after wrong ones" }
      } else if state.waiting >= Self.line {
        refusal = Failure(.failed, "many passwords wait to be looked at: try again in a moment")
      } else {
        state.waiting += 1
      }
      return state.passwords
    }
    if let words { log.warning("\(words)") }
    if let refusal { return done(.refused(refusal)) }
    queue.async { [self] in
      // Those of one address that came together are looked at together, but count one by one.
      let role = passwords.role(of: password)
      let unseen = state.withLock { state -> Int in
        state.waiting -= 1
        if role == nil { state.delays.wrong(address, at: now()) } else { state.delays.right(address) }
        defer { state.unseen = 0 }
        return state.unseen
      }
      let more = unseen > 0 ? " (\(unseen) more were not looked at)" : ""
      if let role {
        log.notice("\(whom) is \(role.word) now\(more)")
        done(.right(role))
      } else {
        log.warning("wrong password from \(whom)\(more)")
        done(.wrong)
      }
    }
  }
}
