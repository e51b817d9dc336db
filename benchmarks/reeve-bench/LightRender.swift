import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Wire

/// What all renders of a vanishing farm share: the way to the server, and the count of what happened.
final class LightFarm: Sendable {
  struct Counts {
    var starts = 0
    /// Tasks that the server took from a render that still ran them.
    var lost = 0
    /// Monotonic seconds of tries to connect, and of registrations.
    var tries: [Double] = []
    var registrations: [Double] = []
  }

  let address: SocketAddress
  let group: MultiThreadedEventLoopGroup
  fileprivate let context: NIOSSLContext
  private let state = Mutex(Counts())

  init(to address: SocketAddress, group: MultiThreadedEventLoopGroup) throws {
    self.address = address
    self.group = group
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .none
    context = try NIOSSLContext(configuration: configuration)
  }

  var counts: Counts { state.withLock { $0 } }
  func count(_ change: (inout Counts) -> Void) { state.withLock { change(&$0) } }
  func forgetTimes() {
    count {
      $0.tries = []
      $0.registrations = []
    }
  }
}

/// A render whose tasks run until they are told to be done, and that can go away without a word.
final class LightRender: Sendable {
  private struct State {
    var channel: (any Channel)?
    var runs: [UInt64: WireRunStart] = [:]
    var isAccepted = false
    var isAway = false
  }

  private let farm: LightFarm
  private let number: Int
  private let state = Mutex(State())

  init(_ number: Int, in farm: LightFarm) {
    self.number = number
    self.farm = farm
  }

  var isAccepted: Bool { state.withLock { $0.isAccepted } }
  var running: Int { state.withLock { $0.runs.count } }

  /// Connects until it is accepted, with the waits that an agent has.
  ///
  /// - Parameters:
  ///   - wasLost: whether it was connected and has just lost its server.
  ///   - tries: that failed before.
  func connect(wasLost: Bool = false, after tries: Int = 0) async {
    var backoff = Backoff()
    var random = SystemRandomNumberGenerator()
    if wasLost { backoff.reset() }
    for _ in 0..<tries { _ = backoff.next(using: &random) }
    var isFirst = !wasLost && tries == 0
    while !isAccepted {
      if !isFirst { try? await Task.sleep(for: .milliseconds(backoff.next(using: &random))) }
      isFirst = false
      await connectOnce()
    }
  }

  private func connectOnce() async {
    state.withLock { $0.isAway = false }
    farm.count { $0.tries.append(now()) }
    let ended = farm.group.next().makePromise(of: Void.self)
    do {
      let channel = try await ClientBootstrap(group: farm.group)
        .connectTimeout(.seconds(10))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { [self] channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(try NIOSSLClientHandler(context: farm.context, serverHostname: nil))
            try pipeline.addHandler(ByteToMessageHandler(FrameDecoder<WireServerFrame>()))
            try pipeline.addHandler(Frames(self, ended))
          }
        }
        .connect(to: farm.address).get()
      state.withLock { $0.channel = channel }
      try await ended.futureResult.get()
    } catch { ended.succeed(()) }
  }

  /// Falls silent: neither reads nor writes, and does not close.
  func vanish() {
    let channel = state.withLock { state in
      state.isAway = true
      state.isAccepted = false
      return state.channel
    }
    channel?.setOption(.autoRead, value: false).whenComplete { _ in }
  }

  /// Is there again: its old connection is worth nothing, and it looks for the server as an agent does that has done so for a while.
  func comeBack() async {
    let old = state.withLock { state in
      defer { state.channel = nil }
      return state.channel
    }
    try? await old?.close().get()
    await connect(after: 8)
  }

  func beat() {
    var frame = WireClientFrame()
    frame.alive = WireAlive()
    send(frame)
  }

  /// Says how busy its machine is.
  func tell(cpuPercent: Int32) {
    var resources = WireResources()
    resources.cpuCount = 32
    resources.cpuMhz = 3000
    resources.loadHundredths = [cpuPercent * 32, cpuPercent * 30, cpuPercent * 28]
    resources.cpuPercent = cpuPercent
    resources.memoryTotalMb = 131_072
    resources.memoryFreeMb = 131_072 - Int64(cpuPercent) * 1000
    resources.gpuPercent = -1
    var frame = WireClientFrame()
    frame.update.resources = resources
    send(frame)
  }

  /// Says that all that it runs is done.
  func finish() {
    var update = WireRenderUpdate()
    update.runs = state.withLock { state in
      defer { state.runs = [:] }
      return state.runs.values.map { start in
        var run = WireRunUpdate()
        run.lease = start.lease
        run.finished = WireRunFinished(key: start.taskKey, start: start.start, RunResult(outcome: .success))
        return run
      }
    }
    var frame = WireClientFrame()
    frame.update = update
    send(frame)
  }

  func close() async { try? await state.withLock { $0.channel }?.close().get() }

  private func send(_ frame: WireClientFrame) {
    let channel = state.withLock { $0.isAway || !$0.isAccepted ? nil : $0.channel }
    guard let channel, let bytes = try? frame.framed() else { return }
    channel.writeAndFlush(bytes, promise: nil)
  }

  fileprivate var registration: WireClientFrame {
    var frame = WireClientFrame()
    frame.register.name = "light\(number)"
    frame.register.agent = "light-agent-\(number)"
    frame.register.user = "bench"
    frame.register.maxTasks = 1
    frame.register.runs = state.withLock { $0.runs.values }.map { start in
      var report = WireRunReport()
      report.lease = start.lease
      report.key = WireTaskKey(start.taskKey)
      return report
    }
    return frame
  }

  fileprivate func accepted(_ accepted: WireRenderAccepted) {
    let lost = state.withLock { state in
      let before = state.runs.count
      state.runs = state.runs.filter { accepted.keep.contains($0.key) }
      state.isAccepted = true
      return before - state.runs.count
    }
    farm.count {
      $0.lost += lost
      $0.registrations.append(now())
    }
  }

  fileprivate func take(_ events: WireRenderEvents) {
    let lost = state.withLock { state in
      for start in events.starts { state.runs[start.lease] = start }
      return events.stops.reduce(0) { $0 + (state.runs.removeValue(forKey: $1) == nil ? 0 : 1) }
    }
    farm.count {
      $0.starts += events.starts.count
      $0.lost += lost
    }
  }

  fileprivate func closed() { state.withLock { $0.isAccepted = false } }

  private final class Frames: ChannelDuplexHandler {
    typealias InboundIn = WireServerFrame
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let render: LightRender
    private let ended: EventLoopPromise<Void>

    init(_ render: LightRender, _ ended: EventLoopPromise<Void>) {
      self.render = render
      self.ended = ended
    }

    func channelActive(context: ChannelHandlerContext) {
      var frame = WireClientFrame()
      frame.hello.protocol = ProtocolVersion.current
      frame.hello.kind = .render
      frame.hello.user = "bench"
      frame.hello.host = "bench"
      send(frame, context)
    }

    private func send(_ frame: WireClientFrame, _ context: ChannelHandlerContext) {
      guard let bytes = try? frame.framed(allocator: context.channel.allocator) else { return }
      context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data).content {
      case .welcome: send(render.registration, context)
      case .accepted(let accepted):
        render.accepted(accepted)
        ended.succeed(())
      case .events(let events): render.take(events)
      case .refusal: context.close(promise: nil)
      default: break
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
      render.closed()
      ended.succeed(())
      context.fireChannelInactive()
    }
  }
}

extension WireRunStart {
  fileprivate var taskKey: TaskKey {
    TaskKey(job: JobID(job), block: BlockIndex(UInt16(clamping: block)), task: TaskIndex(task))
  }
}
