import Logging
import NIOCore
import Synchronization

/// Who is let in: so many connections in all, so many that have not said who they are, and so many and so fast of one address.
/// Who is refused gets a reset at once and a line in the log once a second; it costs nobody else anything.
final class Admission: Sendable {
  struct Limits: Sendable {
    /// Connections at once.
    var connections = 12_000
    var address = AddressBook.Limits()
    /// Those that have not said hello may have a quarter of the places, so that nobody takes them all by saying nothing.
    var strangers: Int { max(16, connections / 4) }
  }

  /// What is to be given back when the connection is over.
  struct Entry: Sendable {
    /// nil: the address is not counted.
    fileprivate let key: AddressKey?
  }

  private struct State {
    var open = 0
    var strangers = 0
    var book: AddressBook
    /// Refused because of what all have together, since the log said so.
    var refused = 0
    /// Nanoseconds.
    var told = Int64.min / 2
  }

  private let limits: Limits
  private let log: Logger
  private let state: Mutex<State>

  init(limits: Limits, log: Logger) {
    self.limits = limits
    self.log = log
    state = Mutex(State(book: AddressBook(limits: limits.address)))
  }

  /// - Returns: nil when the connection is to be closed.
  func enter(_ address: SocketAddress?, at now: Int64 = Int64(NIODeadline.now().uptimeNanoseconds)) -> Entry? {
    // A whole farm may run on one machine: it is bounded by the places alone.
    let key = Hall.isLoopback(address) ? nil : AddressKey(address)
    var words: String?
    let isWelcome = state.withLock { state in
      if state.open >= limits.connections {
        words = full("\(limits.connections) are open (af_server_max_connections)", address, &state, now)
        return false
      }
      if state.strangers >= limits.strangers {
        words = full("\(limits.strangers) have not said who they are", address, &state, now)
        return false
      }
      if let key, case .refused(let reason, let count) = state.book.admit(key, at: now) {
        if let count { words = crowd(reason, address, count) }
        return false
      }
      state.open += 1
      state.strangers += 1
      return true
    }
    if let words { log.warning("\(words)") }
    return isWelcome ? Entry(key: key) : nil
  }

  private func full(_ reason: String, _ address: SocketAddress?, _ state: inout State, _ now: Int64) -> String? {
    state.refused += 1
    guard now - state.told >= AddressBook.second else { return nil }
    defer { state.refused = 0 }
    state.told = now
    return "\(Self.connections(state.refused)) refused, the last from \(address.map(Hall.text) ?? "?"): \(reason)"
  }

  private func crowd(_ reason: AddressBook.Reason, _ address: SocketAddress?, _ count: Int) -> String {
    let why =
      switch reason {
      case .tooMany: "it has \(limits.address.atOnce) (af_server_address_connections)"
      case .tooFast: "it makes more than \(limits.address.perSecond) a second (af_server_address_rate)"
      }
    return "\(Self.connections(count)) from \(address?.ipAddress ?? "?") refused: \(why)"
  }

  private static func connections(_ count: Int) -> String { count == 1 ? "connection" : "\(count) connections" }

  /// It has said who it is.
  func greet() { state.withLock { $0.strangers -= 1 } }

  func leave(_ entry: Entry, isGreeted: Bool) {
    state.withLock { state in
      state.open -= 1
      if !isGreeted { state.strangers -= 1 }
      if let key = entry.key { state.book.leave(key) }
    }
  }

  var open: Int { state.withLock { $0.open } }
  var strangers: Int { state.withLock { $0.strangers } }
}
