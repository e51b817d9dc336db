import Dispatch
import Logging
import Model
import NIOCore
import NIOSSL
import Synchronization

/// What all connections of a server share.
final class Hall: Sendable {
  let mailbox: Mailbox
  let outputs: OutputFiles
  let tls: NIOSSLContext
  let limits: SessionLimits
  let log: Logger
  let serverID: String
  let serverName: String
  let clock: FarmClock
  /// Documents that are too long for an event loop are read here, one after the other.
  let documents = DispatchQueue(label: "reeve.documents")
  /// Very long ones, which may take seconds, do not keep the others waiting.
  let longDocuments = DispatchQueue(label: "reeve.documents.long", qos: .utility)
  /// Documents that come portion by portion, of all connections.
  let uploads: UploadBudget
  let archives: Archives
  /// Seconds that a render is told at its registration.
  let renderTimes: RenderTimes
  /// Of a job that names none (`af_priority`).
  let priority: UInt8
  /// Whether programs on other machines are welcome.
  let isOpen: Bool

  struct RenderTimes: Sendable {
    var heartbeat: Int32
    var resources: Int32
    var zombie: Int32
  }

  private let numbers = Atomic<UInt64>(0)
  private let connections = Atomic(0)
  private let stopping = Atomic(false)

  init(
    mailbox: Mailbox, outputs: OutputFiles, tls: NIOSSLContext, limits: SessionLimits, log: Logger, serverID: String,
    serverName: String, clock: FarmClock, renderTimes: RenderTimes, priority: UInt8,
    isOpen: Bool, archives: Archives
  ) {
    self.archives = archives
    self.mailbox = mailbox
    self.outputs = outputs
    self.tls = tls
    self.limits = limits
    self.log = log
    self.serverID = serverID
    self.serverName = serverName
    self.clock = clock
    self.renderTimes = renderTimes
    self.priority = priority
    self.isOpen = isOpen
    uploads = UploadBudget(bytes: limits.uploadBytes)
  }

  func nextConnection() -> ConnectionID { ConnectionID(numbers.wrappingAdd(1, ordering: .relaxed).newValue) }

  /// Counts a connection in; false when there are `bound` already.
  func enter(bound: Int) -> Bool {
    if connections.wrappingAdd(1, ordering: .relaxed).newValue <= bound { return true }
    connections.wrappingSubtract(1, ordering: .relaxed)
    return false
  }
  func leave() { connections.wrappingSubtract(1, ordering: .relaxed) }

  /// From now on submits and operations are refused: the server stops.
  func stop() { stopping.store(true, ordering: .relaxed) }
  var isStopping: Bool { stopping.load(ordering: .relaxed) }

  static func text(_ address: SocketAddress) -> String {
    let host = address.ipAddress ?? "?"
    return host.contains(":") ? "[\(host)]:\(address.port ?? 0)" : "\(host):\(address.port ?? 0)"
  }

  /// 127.0.0.0/8, ::1, and the former written as the latter.
  static func isLoopback(_ address: SocketAddress?) -> Bool {
    guard let ip = address?.ipAddress else { return false }
    return ip == "::1" || ip.hasPrefix("127.") || ip.hasPrefix("::ffff:127.")
  }
}
