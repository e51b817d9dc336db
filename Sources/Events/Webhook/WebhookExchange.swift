import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One request by HTTP and its answer.
struct WebhookExchange: Sendable {
  struct Answer: Sendable {
    var status: Int
    var location: String?
    /// The beginning of what it says.
    var text: String
  }

  /// Of the answer's body, in bytes: what is beyond ends the exchange.
  static let answerBytes = 64 << 10

  let address: WebhookAddress
  let headers: [(String, String)]
  let body: [UInt8]
  let trustFile: String
  let timeoutMilliseconds: Int64

  /// Blocks until it is answered.
  func perform(_ group: any EventLoopGroup) throws(Failure) -> Answer {
    let context = address.isEncrypted ? try ClientTLS.context(trustFile: trustFile, isVerified: true) : nil
    let loop = group.next()
    let done = loop.makePromise(of: Answer.self)
    let (address, timeout) = (address, timeoutMilliseconds)
    let timer = loop.scheduleTask(in: .milliseconds(timeout)) {
      done.fail(Failure(.timedOut, "it did not answer within \(max(1, timeout / 1000)) s"))
    }
    defer { timer.cancel() }
    do {
      let channel = try ClientBootstrap(group: loop)
        .connectTimeout(.milliseconds(timeout))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let context { try pipeline.addHandler(ClientTLS.handler(context, host: address.host)) }
            try pipeline.addHTTPClientHandlers()
            try pipeline.addHandler(AnswerReader(done))
          }
        }
        .connect(host: address.host, port: address.port).wait()
      defer { try? channel.close().wait() }
      var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: address.path)
      head.headers.add(name: "Host", value: address.hostAndPort)
      head.headers.add(name: "Content-Length", value: "\(body.count)")
      head.headers.add(name: "Connection", value: "close")
      for (name, value) in headers { head.headers.add(name: name, value: value) }
      channel.write(HTTPClientRequestPart.head(head), promise: nil)
      channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
      channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      return try done.futureResult.wait()
    } catch {
      done.fail(error)
      throw Failure(.failed, Trouble.text(error))
    }
  }
}

private final class AnswerReader: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let done: EventLoopPromise<WebhookExchange.Answer>
  private var answer: WebhookExchange.Answer?
  private var bytes: [UInt8] = []

  init(_ done: EventLoopPromise<WebhookExchange.Answer>) { self.done = done }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      // A first word before the answer, as 100: the answer follows.
      guard head.status.code >= 200 else { return }
      answer = WebhookExchange.Answer(status: Int(head.status.code), location: head.headers.first(name: "location"), text: "")
    case .body(let part):
      bytes += part.readableBytesView.prefix(max(0, WebhookExchange.answerBytes - bytes.count))
      if bytes.count == WebhookExchange.answerBytes { finish(context) }
    case .end: finish(context)
    }
  }

  private func finish(_ context: ChannelHandlerContext) {
    guard var answer else { return }
    self.answer = nil
    answer.text = String(decoding: bytes.prefix(300), as: UTF8.self)
    done.succeed(answer)
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    done.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    done.fail(Failure(.failed, "it closed the connection without an answer"))
  }
}
