import Glibc
public import Identity
import Model
public import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

extension ServerConnection {
  /// Connects, checks who the server is, and says hello.
  ///
  /// - Parameters:
  ///   - kind: what this program is.
  ///   - timeout: for connecting, TLS and the welcome together.
  /// - Throws: `Failure`: `.unreachable` when nobody answers there, `.notPermitted` when the server is another one than before or
  ///   refuses, `.usage` for a bad address.
  public static func connect(
    to address: ServerAddress, kind: WireHello.Kind, user: String, host: String, knownServers: KnownServers,
    group: any EventLoopGroup, timeout: TimeAmount = .seconds(10),
    onFrame: @escaping @Sendable (WireServerFrame) -> Void = { _ in }, onClose: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ServerConnection {
    let context: NIOSSLContext
    do { context = try TLSContext.client() } catch { throw Failure(.failed, "TLS cannot be set up: \(error)") }
    let loop = group.next()
    let welcome = loop.makePromise(of: WireWelcome.self)
    let router = FrameRouter(welcome: welcome, onFrame: onFrame, onClose: onClose)
    let check = PinCheck(knownServers: knownServers, address: address)
    let deadline = NIODeadline.now() + timeout

    let channel: any Channel
    do {
      var bootstrap = ClientBootstrap(group: loop)
        .connectTimeout(timeout)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      for option in KeepAlive.client.options {
        bootstrap = bootstrap.channelOption(option.name, value: SocketOptionValue(option.value))
      }
      channel =
        try await bootstrap
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let tls = try NIOSSLClientHandler(context: context, serverHostname: nil) { certificates, verdict in
              check.decide(certificates, verdict)
            }
            try channel.pipeline.syncOperations.addHandlers([
              tls, ByteToMessageHandler(FrameDecoder<WireServerFrame>()), FrameEncoder<WireClientFrame>(), router,
            ])
          }
        }
        .connect(host: address.host, port: address.port).get()
    } catch {
      let failure = Failure(.unreachable, "no server at \(address): \(Self.plain(error)) (is reeve-server running there?)")
      welcome.fail(failure)
      throw failure
    }
    let timer = loop.scheduleTask(deadline: deadline) {
      welcome.fail(Failure(.unreachable, "the server at \(address) does not answer"))
      channel.close(promise: nil)
    }
    var hello = WireHello()
    hello.protocol = ProtocolVersion.current
    hello.kind = kind
    hello.version = ProtocolVersion.program
    hello.user = user
    hello.host = host
    var frame = WireClientFrame()
    frame.hello = hello
    channel.writeAndFlush(frame, promise: nil)
    do {
      let message = try await welcome.futureResult.get()
      timer.cancel()
      return ServerConnection(welcome: message, address: address, firstMet: check.firstMet, channel: channel, router: router)
    } catch {
      timer.cancel()
      try? await channel.close().get()
      if let fault = check.fault { throw fault }
      throw (error as? Failure) ?? Failure(.unreachable, "\(address): \(Self.plain(error))")
    }
  }

  /// A network error in words, without the library's decoration.
  static func plain(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError {
      if let failure = error.connectionErrors.first { return plain(failure.error) }
      if error.dnsAError != nil || error.dnsAAAAError != nil { return "no such host" }
    }
    if let error = error as? IOError { return String(describing: error.errnoCode == 111 ? "connection refused" : "\(error)") }
    if error is ChannelError, case .connectTimeout = error as? ChannelError { return "it does not answer" }
    return "\(error)"
  }
}

/// Decides in the TLS handshake whether this is the server that was met before. Runs on the event loop; the file is small.
private final class PinCheck: Sendable {
  private struct State {
    var firstMet: Fingerprint?
    var fault: Failure?
  }

  private let knownServers: KnownServers
  private let address: ServerAddress
  private let state = Mutex(State())

  init(knownServers: KnownServers, address: ServerAddress) {
    self.knownServers = knownServers
    self.address = address
  }

  var firstMet: Fingerprint? { state.withLock { $0.firstMet } }
  var fault: Failure? { state.withLock { $0.fault } }

  func decide(_ certificates: [NIOSSLCertificate], _ verdict: EventLoopPromise<NIOSSLVerificationResult>) {
    do {
      let authority = try PeerCheck.authority(ofChain: certificates.map { try $0.toDERBytes() })
      switch try knownServers.verdict(on: authority, for: "\(address)") {
      case .known: break
      case .new:
        try knownServers.record(authority, for: "\(address)")
        state.withLock { $0.firstMet = authority }
      case .changed(let known):
        throw Failure(
          .notPermitted,
          "the server at \(address) is not the one met before: it shows \(authority), \(knownServers.path) says \(known) "
            + "(if the server was set up anew, remove its line from that file)")
      }
      verdict.succeed(.certificateVerified)
    } catch {
      let fault = (error as? Failure) ?? Failure(.notPermitted, "the server at \(address) cannot be trusted: \(error)")
      state.withLock { $0.fault = fault }
      verdict.succeed(.failed)
    }
  }
}
