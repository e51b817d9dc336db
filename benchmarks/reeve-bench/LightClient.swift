import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Wire

/// Clients by the thousand in one process: they share a TLS context, and what they say was encoded once.
final class LightClients: Sendable {
  enum Errand: Sendable {
    /// Registers as a render and stays.
    case render(Int)
    /// Asks for the list of jobs, takes leave and closes.
    case visit
    /// Sends 64 bytes to a bare server, waits until they are back, and stays or closes.
    case echo(stays: Bool)
  }

  let address: SocketAddress
  private let context: NIOSSLContext
  private let group: MultiThreadedEventLoopGroup
  private let sources: [SocketAddress]
  private let next = Atomic(0)
  /// Connections that ended otherwise than they should.
  let faults = Atomic(0)
  private let reasons = Mutex<[String: Int]>([:])
  private let staying = Mutex<[any Channel]>([])
  private let leaving = Atomic(false)

  init(to address: SocketAddress, group: MultiThreadedEventLoopGroup) throws {
    self.address = address
    self.group = group
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .none
    context = try NIOSSLContext(configuration: configuration)
    // Each address of loopback has some 28,000 ports for its clients, and each visit keeps one for a minute.
    sources = try (2...17).map { try SocketAddress(ipAddress: "127.0.0.\($0)", port: 0) }
  }

  /// What went wrong, and how often.
  var troubles: [String: Int] { reasons.withLock { $0 } }

  fileprivate func fault(_ reason: String) {
    guard !leaving.load(ordering: .relaxed) else { return }
    faults.wrappingAdd(1, ordering: .relaxed)
    reasons.withLock { $0[reason, default: 0] += 1 }
  }

  /// Returns when the errand is done: accepted, answered and closed, or back.
  func run(_ errand: Errand) async {
    let loop = group.next()
    let done = loop.makePromise(of: Void.self)
    let source = sources[next.wrappingAdd(1, ordering: .relaxed).newValue % sources.count]
    do {
      let channel = try await ClientBootstrap(group: loop)
        .bind(to: source)
        .connectTimeout(.seconds(30))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(.socketOption(.so_reuseaddr), value: 1)
        .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(try NIOSSLClientHandler(context: self.context, serverHostname: nil))
            if case .echo(let stays) = errand {
              try pipeline.addHandler(LightEcho(self, stays: stays, done: done))
            } else {
              try pipeline.addHandler(ByteToMessageHandler(FrameDecoder<WireServerFrame>()))
              try pipeline.addHandler(LightFrames(self, errand, done: done))
            }
          }
        }
        .connect(to: address).get()
      let limit = loop.scheduleTask(in: .seconds(60)) { done.fail(Measured.Fault(description: "no answer within 60 s")) }
      defer { limit.cancel() }
      try await done.futureResult.get()
      switch errand {
      case .render, .echo(stays: true): staying.withLock { $0.append(channel) }
      case .visit, .echo(stays: false): try await channel.closeFuture.get()
      }
    } catch {
      done.succeed(())
      fault("\(error)")
    }
  }

  /// `errands`, at most `width` of them at the same time.
  func run(_ errands: [Errand], width: Int) async {
    await withTaskGroup(of: Void.self) { group in
      for (number, errand) in errands.enumerated() {
        if number >= width { await group.next() }
        group.addTask { await self.run(errand) }
      }
    }
  }

  /// From now on each that stays gives a sign of life so often, evenly spread.
  func beat(every seconds: Int64) throws -> RepeatedTask {
    var frame = WireClientFrame()
    frame.alive = WireAlive()
    let bytes = try frame.framed()
    let slices: Int64 = 40
    let turns = Turns()
    return group.next().scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(seconds * 1000 / slices)) { _ in
      let channels = self.staying.withLock { $0 }
      let now = turns.next()
      for index in stride(from: now % Int(slices), to: channels.count, by: Int(slices)) {
        channels[index].writeAndFlush(bytes, promise: nil)
      }
    }
  }

  /// All that stay close, without a fault.
  func leave() async {
    leaving.store(true, ordering: .relaxed)
    let all = staying.withLock { staying in
      defer { staying = [] }
      return staying
    }
    for channel in all { channel.close(promise: nil) }
    for channel in all { try? await channel.closeFuture.get() }
  }
}

private final class Turns: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// Hello, then the errand.
private final class LightFrames: ChannelDuplexHandler {
  typealias InboundIn = WireServerFrame
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let clients: LightClients
  private let errand: LightClients.Errand
  private let done: EventLoopPromise<Void>
  private var isDone = false

  init(_ clients: LightClients, _ errand: LightClients.Errand, done: EventLoopPromise<Void>) {
    self.clients = clients
    self.errand = errand
    self.done = done
  }

  func channelActive(context: ChannelHandlerContext) {
    var frame = WireClientFrame()
    frame.hello.protocol = ProtocolVersion.current
    frame.hello.user = "bench"
    frame.hello.host = "bench"
    frame.hello.version = ProtocolVersion.program
    if case .render = errand { frame.hello.kind = .render } else { frame.hello.kind = .command }
    send(frame, context)
  }

  private func send(_ frame: WireClientFrame, _ context: ChannelHandlerContext) {
    guard let bytes = try? frame.framed(allocator: context.channel.allocator) else { return }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    var answer = WireClientFrame()
    switch frame.content {
    case .welcome:
      if case .render(let number) = errand {
        answer.register.name = "light\(number)"
        answer.register.agent = "light-agent-\(number)"
        answer.register.user = "bench"
      } else {
        answer.request.id = 1
        answer.request.listJobs = WireListJobs()
      }
      send(answer, context)
    case .accepted: finish()
    case .response:
      finish()
      answer.goodbye = WireGoodbye()
      send(answer, context)
      context.close(promise: nil)
    case .refusal(let refusal):
      clients.fault(refusal.message)
      context.close(promise: nil)
    default: break
    }
  }

  private func finish() {
    isDone = true
    done.succeed(())
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .visit = errand, isDone { return }
    done.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    done.fail(Measured.Fault(description: "closed before it was answered"))
    if case .render = errand, isDone { clients.fault("a connection that should stay was closed") }
    context.fireChannelInactive()
  }
}

private final class LightEcho: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let clients: LightClients
  private let stays: Bool
  private let done: EventLoopPromise<Void>

  init(_ clients: LightClients, stays: Bool, done: EventLoopPromise<Void>) {
    self.clients = clients
    self.stays = stays
    self.done = done
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 7, count: 64)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    done.succeed(())
    if !stays { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    done.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    done.fail(Measured.Fault(description: "closed before it was answered"))
  }
}
