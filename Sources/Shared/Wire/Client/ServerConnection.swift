import Glibc
public import Identity
import Model
import NIOConcurrencyHelpers
public import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client's connection to a server: TLS with trust on first use, hello and welcome done, frames both ways.
///
/// `onFrame` and `onClose` run on the connection's event loop, in order; they must not block. Responses go to whoever waits in
/// `request`, everything else to `onFrame`.
public final class ServerConnection: Sendable {
  public let welcome: WireWelcome
  public let address: ServerAddress
  /// Set when this server was met for the first time and has been recorded.
  public let firstMet: Fingerprint?
  private let channel: any Channel
  private let router: FrameRouter
  private let numbers = Atomic<UInt64>(1)

  init(welcome: WireWelcome, address: ServerAddress, firstMet: Fingerprint?, channel: any Channel, router: FrameRouter) {
    self.welcome = welcome
    self.address = address
    self.firstMet = firstMet
    self.channel = channel
    self.router = router
  }

  public var eventLoop: any EventLoop { channel.eventLoop }
  /// False while the server does not read as fast as is sent: hold back what can wait.
  public var isWritable: Bool { channel.isWritable }
  public var isActive: Bool { channel.isActive }

  /// Sends a frame; frames arrive in the order of the calls of one thread. After the end of the connection nothing happens.
  public func send(_ frame: WireClientFrame) {
    channel.writeAndFlush(frame, promise: nil)
  }

  /// Sends a frame and waits until it was handed to the system: back-pressure for long streams.
  public func sendAndWait(_ frame: WireClientFrame) async throws {
    try await channel.writeAndFlush(frame).get()
  }

  /// Sends a request and waits for its answer.
  ///
  /// - Throws: `Failure`: what the server said, `.timedOut`, or `.unreachable` when the connection ends.
  public func request(
    _ content: WireRequest.OneOf_Content, timeout: TimeAmount = .seconds(60)
  ) async throws -> WireResponse.OneOf_Content {
    var request = WireRequest()
    request.id = numbers.wrappingAdd(1, ordering: .relaxed).newValue
    request.content = content
    var frame = WireClientFrame()
    frame.request = request
    let promise = channel.eventLoop.makePromise(of: WireResponse.self)
    let id = request.id
    let outgoing = frame
    channel.eventLoop.execute { [router, channel] in
      router.expect(id, promise, timeout: timeout, on: channel)
      channel.writeAndFlush(outgoing, promise: nil)
    }
    let response = try await promise.futureResult.get()
    guard let content = response.content else {
      throw Failure(.failed, "the server's answer is empty (is it newer than this program?)")
    }
    if case .failure(let failure) = content { throw Failure(failure) }
    return content
  }

  /// From now on the connection is over when what was sent has not been confirmed for so long.
  ///
  /// - Parameter seconds: 1 or more.
  public func expectConfirmation(within seconds: Int32) {
    _ = channel.setOption(
      .tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: min(Int(max(1, seconds)) * 1000, Int(CInt.max)))
  }

  /// Says goodbye and closes; the client closes first, so that TIME-WAIT gathers here. A server that does not read is not waited for
  /// longer than two seconds.
  public func close() async {
    let limit = channel.eventLoop.scheduleTask(in: .seconds(2)) { [channel] in channel.close(mode: .all, promise: nil) }
    defer { limit.cancel() }
    var frame = WireClientFrame()
    frame.goodbye = WireGoodbye()
    try? await channel.writeAndFlush(frame).get()
    try? await channel.close().get()
  }
}
