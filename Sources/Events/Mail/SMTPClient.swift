public import Model
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Brings a message to a mail server. Blocks until the server has it, at most `timeoutSeconds`.
public struct SMTPClient: Sendable {
  public var host: String
  public var port: Int
  public var security: MailSecurity
  public var login: MailLogin?
  public var trustFile: String
  /// What this machine calls itself.
  public var ownName: String
  /// For all of it. Shorter than what a command of an event has.
  public var timeoutSeconds: Int64 = 50

  public init(host: String, port: Int, security: MailSecurity, login: MailLogin?, trustFile: String, ownName: String) {
    self.host = host
    self.port = port
    self.security = security
    self.login = login
    self.trustFile = trustFile
    self.ownName = ownName
  }

  /// - Returns: recipients that the server did not want, each with its words; there is one at least that it wanted.
  /// - Throws: `Failure` that names the server and what it says.
  public func send(_ message: OutgoingMessage, from sender: String, to recipients: [String]) throws(Failure) -> [String] {
    let dialogue = SMTPDialogue(
      message: message, sender: sender, recipients: recipients, security: security, login: login, ownName: ownName)
    let context = try ClientTLS.context(trustFile: trustFile, isVerified: dialogue.isVerified)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let loop = group.next()
    let done = loop.makePromise(of: [String].self)
    let (host, isTLS) = (host, security == .tls)
    let timer = loop.scheduleTask(in: .seconds(timeoutSeconds)) {
      done.fail(Failure(.timedOut, "it did not take the message within \(timeoutSeconds) s"))
    }
    defer { timer.cancel() }
    do {
      let channel = try ClientBootstrap(group: loop)
        .connectTimeout(.seconds(min(15, timeoutSeconds)))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if isTLS { try channel.pipeline.syncOperations.addHandler(ClientTLS.handler(context, host: host)) }
            try channel.pipeline.syncOperations.addHandler(
              SMTPHandler(dialogue, done: done) { try ClientTLS.handler(context, host: host) })
          }
        }
        .connect(host: host, port: port).wait()
      defer { try? channel.close().wait() }
      return try done.futureResult.wait()
    } catch {
      done.fail(error)
      throw Failure(.failed, "mail server \(host):\(port): \(Trouble.text(error))")
    }
  }
}

/// The dialogue on a connection.
private final class SMTPHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var dialogue: SMTPDialogue
  private let done: EventLoopPromise<[String]>
  private let makeTLS: () throws -> NIOSSLClientHandler

  init(_ dialogue: SMTPDialogue, done: EventLoopPromise<[String]>, makeTLS: @escaping () throws -> NIOSSLClientHandler) {
    self.dialogue = dialogue
    self.done = done
    self.makeTLS = makeTLS
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    perform(dialogue.received(unwrapInboundIn(data).readableBytesView), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent, isStarting {
      isStarting = false
      perform(dialogue.encrypted(), context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  private var isStarting = false

  private func perform(_ actions: [SMTPDialogue.Action], _ context: ChannelHandlerContext) {
    for action in actions {
      switch action {
      case .send(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      case .startTLS:
        isStarting = true
        do { try context.pipeline.syncOperations.addHandler(makeTLS(), position: .first) } catch { fail(context, error) }
      case .delivered(let refused): done.succeed(refused)
      case .failed(let why): done.fail(Failure(.failed, why))
      }
    }
  }

  private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
    done.fail(error)
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, error) }
  func channelInactive(context: ChannelHandlerContext) {
    done.fail(Failure(.failed, "it closed the connection before it had the message"))
  }
}
