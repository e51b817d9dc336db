import DequeModule
import Logging
import Model
import NIOCore
import NIOSSL
import Wire

/// The end of a native connection's pipeline: frames to mails, and what leaves to frames. Everything in it happens on the
/// connection's event loop. How frames are read stands in `SessionInbound.swift`, how they are written in `SessionOutbound.swift`.
final class SessionHandler: ChannelDuplexHandler {
  typealias InboundIn = WireClientFrame
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Why nothing is read from the peer for now.
  struct Holds: OptionSet {
    let rawValue: UInt8
    /// The farm has more to do than it should.
    static let mailbox = Holds(rawValue: 1)
    /// Requests wait for earlier ones to be answered.
    static let requests = Holds(rawValue: 2)
    /// A long document is being read.
    static let document = Holds(rawValue: 4)
    /// Output waits to be written to files.
    static let output = Holds(rawValue: 8)
  }

  let hall: Hall
  let door: Door
  var log: Logger
  /// The peer, as long as it is there and welcome.
  var session: Session?
  var context: ChannelHandlerContext?
  var remote: SocketAddress?
  /// The connection ends; what still comes in is not looked at.
  var isLeaving = false

  // Inbound.
  var mails: [Mail] = []
  var holds: Holds = []
  var wantsRead = false
  var requests = Deque<WireRequest>()
  var requestWeights: [UInt64: Int] = [:]
  var requestWeight = 0
  /// Of documents that are on their way: said with the answer.
  var warnings: [UInt64: [String]] = [:]
  /// A document that comes portion by portion.
  var upload: Upload?
  /// What this render runs, as far as the server has told it or taken it from its report.
  var runs: [Lease: TaskKey] = [:]
  var reported: [Lease: TaskKey] = [:]
  /// Runs whose last output is being written.
  var openOutputs: Set<Lease> = []
  var outputBytes = 0

  // The person's role.
  var roleTimer: Scheduled<Void>?
  var lastWord = NIODeadline.now()
  var wrongPasswords = 0

  // Outbound.
  var out = ByteBuffer()
  var events = WireRenderEvents()
  var eventBytes = 0
  var definitions: BlockDefinitions
  var backlog = 0
  var written: UInt64 = 0
  var stallTimer: Scheduled<Void>?

  private var patience: Scheduled<Void>?

  init(hall: Hall, door: Door) {
    self.hall = hall
    self.door = door
    log = hall.log
    definitions = BlockDefinitions(limit: hall.limits.blockDefinitions)
  }

  var peer: String { remote.map(Hall.text) ?? "?" }

  // MARK: Beginning

  /// The first handler calls it when the connection is accepted.
  func beginPatience(_ context: ChannelHandlerContext) {
    remote = context.remoteAddress
    let time = hall.limits.helloTime
    patience = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
      log.notice("connection from \(peer) closed: no hello within \(Double(time.nanoseconds) / 1e9) s")
      isLeaving = true
      door.shut()
    }
  }

  func endPatience() {
    patience?.cancel()
    patience = nil
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  // MARK: End

  func channelInactive(context: ChannelHandlerContext) {
    endPatience()
    stallTimer?.cancel()
    stallTimer = nil
    isLeaving = true
    dropRole()
    postMails()
    dropUpload()
    if let session {
      for lease in openOutputs { hall.outputs.abandon(lease, of: session.id) }
      openOutputs = []
      hall.mailbox.post(.closed(session))
      hall.archives.forget(session.id)
      log.debug("connection \(session.id) from \(peer) closed")
    }
    session = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if isLeaving { return }
    switch error {
    case is FrameError, is FrameDeadline.TooSlow:
      refuse(Failure(.usage, "\(error)"))
    case let error as NIOSSLError:
      if case .uncleanShutdown = error { return }
      // What the peer is told about it may still be on its way.
      isLeaving = true
      log.notice("connection from \(peer) closed: TLS failed: \(Self.plain(error))")
      context.close(promise: nil)
    default:
      end("\(error)")
    }
  }

  /// BoringSSL's reason without its source lines.
  private static func plain(_ error: NIOSSLError) -> String {
    let text = "\(error)"
    if text.contains("ALERT_CERTIFICATE_UNKNOWN") { return "the peer does not trust this server's certificate" }
    let mark = "OPENSSL_internal:"
    var at = text.startIndex
    while at < text.endIndex, !text[at...].hasPrefix(mark) { at = text.index(after: at) }
    guard at < text.endIndex else { return String(text.prefix(200)) }
    return String(text[at...].dropFirst(mark.count).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
  }

  /// The last that the peer hears; then it may close first.
  func refuse(_ failure: Failure) {
    guard !isLeaving, let context else { return }
    log.notice("connection from \(peer) refused: \(failure.message)")
    isLeaving = true
    endPatience()
    var refusal = WireRefusal()
    refusal.code = UInt32(failure.code.rawValue)
    refusal.message = failure.message
    var frame = WireServerFrame()
    frame.refusal = refusal
    append(frame)
    flush()
    door.expectEnd()
    context.close(promise: nil)
  }

  /// Ends the connection at once: the peer is gone, or has had its time.
  func end(_ reason: String) {
    guard !isLeaving else { return }
    isLeaving = true
    log.notice("connection from \(peer) closed: \(reason)")
    door.shut()
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    if event is Door.Farewell {
      isLeaving = true
      endPatience()
    }
    if let ended = event as? RolesEnded {
      if let session, ended.roles.contains(session.role) { endRole("the password is another now") }
      promise?.succeed()
      return
    }
    context.triggerUserOutboundEvent(event, promise: promise)
  }

  // MARK: Back-pressure

  func read(context: ChannelHandlerContext) {
    if holds.isEmpty { context.read() } else { wantsRead = true }
  }

  func hold(_ reason: Holds) { holds.insert(reason) }

  func release(_ reason: Holds) {
    holds.remove(reason)
    if holds.isEmpty, wantsRead {
      wantsRead = false
      context?.read()
    }
  }

  func postMails() {
    guard !mails.isEmpty else { return }
    let hasRoom = hall.mailbox.post(mails)
    mails.removeAll(keepingCapacity: true)
    guard !hasRoom, let session, !holds.contains(.mailbox) else { return }
    hold(.mailbox)
    hall.mailbox.waitForRoom { session.release(.mailbox) }
  }
}
