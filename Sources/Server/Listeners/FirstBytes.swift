import Logging
import Model
import NIOCore
import NIOSSL
import Wire

/// What a connection speaks, by its first bytes.
enum Dialect: Hashable, Sendable {
  case tls
  case afanasy
  case http
  case unknown

  private static let verbs = ["GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE ", "CONNECT "].map {
    Array($0.utf8)
  }
  private static let afanasyWord = Array("AFANASY ".utf8)

  /// nil: more bytes are needed to tell.
  init?(_ bytes: some Collection<UInt8>) {
    guard let first = bytes.first else { return nil }
    if first == 0x16 {
      self = .tls
      return
    }
    let words = [(Self.afanasyWord, Dialect.afanasy)] + Self.verbs.map { ($0, .http) }
    var isOpen = false
    for (word, dialect) in words {
      if bytes.starts(with: word) {
        self = dialect
        return
      }
      if bytes.count < word.count, word.starts(with: bytes) { isOpen = true }
    }
    if isOpen { return nil }
    self = .unknown
  }

  /// What the server says to those that it does not serve in this version; nil: nothing.
  var regret: String? {
    switch self {
    case .afanasy:
      let message = "Afanasy's protocol is not served in this version of reeve-server; submit with the program reeve"
      let body = "{\"error\":\(JSONValue.string(message).text())}"
      return "AFANASY \(body.utf8.count) JSON\(body)"
    case .http:
      let body = "reeve-server does not serve HTTP in this version. Use the programs reeve and reeve-watch.\n"
      return "HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=utf-8\r\n"
        + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    case .tls, .unknown: return nil
    }
  }

  var name: String {
    switch self {
    case .tls: "TLS"
    case .afanasy: "Afanasy's protocol"
    case .http: "HTTP"
    case .unknown: "nothing that this server knows"
    }
  }
}

/// The first handler of every connection: looks at the first bytes and builds the rest of the pipeline, or says farewell.
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let hall: Hall
  private let door: Door
  private let session: SessionHandler
  private var gathered: ByteBuffer?
  private var isOver = false

  init(hall: Hall, door: Door) {
    self.hall = hall
    self.door = door
    session = SessionHandler(hall: hall, door: door)
  }

  func handlerAdded(context: ChannelHandlerContext) { session.beginPatience(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isOver { return }
    var buffer = unwrapInboundIn(data)
    if gathered == nil { gathered = buffer } else { gathered?.writeBuffer(&buffer) }
    guard let all = gathered, let dialect = Dialect(all.readableBytesView) else { return }
    if dialect == .tls { return becomeNative(context, all) }
    isOver = true
    gathered = nil
    let peer = context.remoteAddress.map(Hall.text) ?? "?"
    hall.log.info("connection from \(peer) closed: it speaks \(dialect.name)")
    session.endPatience()
    guard let regret = dialect.regret else { return door.shut() }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: regret)), promise: nil)
    door.expectEnd()
  }

  private func becomeNative(_ context: ChannelHandlerContext, _ buffer: ByteBuffer) {
    do {
      try context.pipeline.syncOperations.addHandlers([
        NIOSSLServerHandler(context: hall.tls), FrameDeadline(time: hall.limits.frameTime),
        ByteToMessageHandler(FrameDecoder<WireClientFrame>()), session,
      ])
    } catch {
      hall.log.error("TLS cannot be set up: \(error)")
      return door.shut()
    }
    gathered = nil
    context.fireChannelRead(wrapInboundOut(buffer))
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    session.endPatience()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
