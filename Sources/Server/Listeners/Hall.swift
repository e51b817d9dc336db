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
  let admission: Admission
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
  let passwords: PasswordDesk
  /// Without a request for so long a role ends (`af_super_user_timeout`).
  let roleTime: TimeAmount

  struct RenderTimes: Sendable {
    var heartbeat: Int32
    var resources: Int32
    var zombie: Int32
  }

  private let numbers = Atomic<UInt64>(0)
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
  private let stopping = Atomic(false)

  init(
    mailbox: Mailbox, outputs: OutputFiles, tls: NIOSSLContext, limits: SessionLimits, admission: Admission, log: Logger,
    serverID: String,
    serverName: String, clock: FarmClock, renderTimes: RenderTimes, priority: UInt8,
    isOpen: Bool, archives: Archives, passwords: PasswordDesk, roleTime: TimeAmount = .minutes(15)
  ) {
    self.archives = archives
    self.passwords = passwords
    self.roleTime = roleTime
    self.mailbox = mailbox
    self.outputs = outputs
    self.tls = tls
    self.limits = limits
    self.admission = admission
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

  func arrived(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = channel } }
  func left(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = nil } }

  /// All connections that are open.
  var present: [any Channel] { channels.withLock { Array($0.values) } }

  /// Ends all connections: each peer is told and may close first. Returns when all are over, which takes no longer than the time that
  /// a peer has for its close.
  func sayFarewell() async {
    let all = present
    for channel in all {
      channel.triggerUserOutboundEvent(Door.Farewell(), promise: nil)
      channel.close(promise: nil)
    }
    for channel in all { try? await channel.closeFuture.get() }
  }

  /// The passwords were read again: who has a role by one that is no more has it no more.
  func take(_ passwords: Passwords) -> [Role] {
    let changed = self.passwords.replace(passwords)
    if !changed.isEmpty {
      for channel in present { channel.triggerUserOutboundEvent(SessionHandler.RolesEnded(roles: changed), promise: nil) }
    }
    return changed
  }

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
