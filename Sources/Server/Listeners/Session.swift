import Model
import NIOCore
import Synchronization

/// A connection after its hello, as the rest of the server knows it.
final class Session: Sendable {
  enum Kind: Sendable { case command, console, render }

  let id: ConnectionID
  let kind: Kind
  /// Who is at the other end, by its own word, with the rights of now.
  var person: Actor { Actor(user: user, host: host, role: role) }
  private let user: String
  private let host: String
  /// `127.0.0.1:40312`
  let address: String
  let loop: any EventLoop
  private let handler: NIOLoopBound<SessionHandler>
  private let clogged = Atomic(false)
  private let roleValue = Atomic(Role.user.rawValue)

  /// Called on the connection's event loop.
  init(id: ConnectionID, kind: Kind, person: Actor, address: String, loop: any EventLoop, handler: SessionHandler) {
    self.id = id
    self.kind = kind
    user = person.user
    host = person.host
    self.address = address
    self.loop = loop
    self.handler = NIOLoopBound(handler, eventLoop: loop)
  }

  /// Whether so much waits for the peer that what can wait should. `Mail.unclogged` comes when it is over.
  var isClogged: Bool { clogged.load(ordering: .relaxed) }
  func setClogged(_ value: Bool) { clogged.store(value, ordering: .relaxed) }

  /// What the person may: set on the connection's event loop, asked from any thread.
  var role: Role { Role(rawValue: roleValue.load(ordering: .relaxed)) ?? .user }
  func setRole(_ role: Role) { roleValue.store(role.rawValue, ordering: .relaxed) }

  /// On the connection's event loop only.
  func take(_ out: Out) { handler.value.take(out) }
  /// On the connection's event loop only.
  fileprivate func released(_ hold: SessionHandler.Holds) { handler.value.release(hold) }
  /// On the connection's event loop only: what another thread did for this connection is done.
  func with(_ body: (SessionHandler) -> Void) { body(handler.value) }
  /// On the connection's event loop only.
  func flush() { handler.value.flush() }
}

extension Session {
  /// From any thread: the reason to hold back is over.
  func release(_ hold: SessionHandler.Holds) {
    loop.execute { self.released(hold) }
  }
}
