import Foundation
import Identity
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Wire

/// A web server that keeps what is posted to it, and answers as it was told.
public final class WebSink: Sendable {
  public struct Request: Sendable {
    public var method: String
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]
    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  public struct Answer: Sendable {
    public var status: Int
    public var headers: [String: String]
    public var text: String
    /// Nothing is ever answered.
    public var isSilent = false
    public init(_ status: Int, headers: [String: String] = [:], text: String = "") {
      self.status = status
      self.headers = headers
      self.text = text
    }
    public static var silence: Answer {
      var answer = Answer(0)
      answer.isSilent = true
      return answer
    }
  }

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let channel: any Channel
  private let box: Box
  public let port: Int
  private let isEncrypted: Bool
  /// The certificate of its authority: for `events_trust_file`. It is for the name `localhost`.
  public let trustFile: String
  /// Its certificate is in it.
  private let scratch: ScratchFolder

  /// - Parameter answers: to the first request, the second, and so on; the last is for all that follow.
  public init(scratch: ScratchFolder, isEncrypted: Bool = false, answers: [Answer] = [Answer(200)]) throws {
    let identity = try ServerIdentity.loadOrCreate(directory: scratch.folder("web-sink"))
    self.scratch = scratch
    trustFile = scratch.file("web-sink/identity/authority.pem")
    let context = try TLSContext.server(identity)
    let box = Box(answers)
    self.box = box
    self.isEncrypted = isEncrypted
    channel = try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if isEncrypted { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(WebConversation(box))
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    port = channel.localAddress?.port ?? 0
  }

  deinit {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }

  public func url(_ path: String) -> String { "\(isEncrypted ? "https" : "http")://localhost:\(port)\(path)" }
  public var requests: [Request] { box.state.withLock { $0.requests } }

  final class Box: Sendable {
    let state: Mutex<(requests: [Request], answers: [Answer])>
    init(_ answers: [Answer]) { state = Mutex((requests: [], answers: answers)) }

    func take(_ request: Request) -> Answer {
      state.withLock { state in
        state.requests.append(request)
        return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? Answer(200)
      }
    }
  }
}

private final class WebConversation: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let box: WebSink.Box
  private var request: WebSink.Request?

  init(_ box: WebSink.Box) { self.box = box }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      var headers: [String: String] = [:]
      for (name, value) in head.headers { headers[name.lowercased()] = value }
      request = WebSink.Request(method: head.method.rawValue, path: head.uri, headers: headers, body: [])
    case .body(let part): request?.body += Array(part.readableBytesView)
    case .end:
      guard let request else { return }
      let answer = box.take(request)
      if answer.isSilent { return }
      var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
      for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
      head.headers.add(name: "Content-Length", value: "\(answer.text.utf8.count)")
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.text)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
