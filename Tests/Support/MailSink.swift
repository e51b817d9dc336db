import Foundation
import Identity
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Wire

/// A mail server that keeps what it gets: real SMTP on loopback, with STARTTLS and logins.
public final class MailSink: Sendable {
  public struct Rules: Sendable {
    /// Offers STARTTLS.
    public var hasTLS = true
    /// Speaks TLS from the first byte.
    public var isTLSFirst = false
    /// Ways to log in that are offered; none: nobody has to.
    public var mechanisms: [String] = []
    public var user = "anna"
    public var password = "secret pass"
    /// Recipients that it does not want.
    public var refused: Set<String> = []
    /// Said instead of taking a message.
    public var messageRefusal: String?
    /// Takes connections and says nothing.
    public var isSilent = false
    public init() {}
  }

  public struct Message: Sendable {
    public var from: String
    public var recipients: [String]
    /// Headers and body, as they were before they went.
    public var text: String
    public var isEncrypted: Bool
    public var user: String?
  }

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let channel: any Channel
  private let box: Box
  public let port: Int
  /// The certificate of its authority: for `events_trust_file`. It is for the name `localhost`.
  public let trustFile: String
  /// Its certificate is in it.
  private let scratch: ScratchFolder

  public init(scratch: ScratchFolder, rules: Rules = Rules()) throws {
    let identity = try ServerIdentity.loadOrCreate(directory: scratch.folder("mail-sink"))
    self.scratch = scratch
    trustFile = scratch.file("mail-sink/identity/authority.pem")
    let context = try TLSContext.server(identity)
    let box = Box()
    self.box = box
    channel = try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if rules.isTLSFirst { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
          try channel.pipeline.syncOperations.addHandler(MailConversation(rules, box, context))
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    port = channel.localAddress?.port ?? 0
  }

  deinit {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }

  public var messages: [Message] { box.state.withLock { $0.messages } }
  /// All lines that were said to it outside of messages.
  public var lines: [String] { box.state.withLock { $0.lines } }

  final class Box: Sendable {
    let state = Mutex((messages: [Message](), lines: [String]()))
  }
}

private final class MailConversation: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Step { case commands, user, password, data }

  private let rules: MailSink.Rules
  private let box: MailSink.Box
  private let context: NIOSSLContext
  private var bytes: [UInt8] = []
  private var step = Step.commands
  private var isEncrypted: Bool
  private var user: String?
  private var named = ""
  private var from: String?
  private var recipients: [String] = []
  private var text: [String] = []

  init(_ rules: MailSink.Rules, _ box: MailSink.Box, _ context: NIOSSLContext) {
    self.rules = rules
    self.box = box
    self.context = context
    isEncrypted = rules.isTLSFirst
  }

  private func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    if !rules.isSilent { say("220 sink ready", context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytesView
    while let end = bytes.firstIndex(of: 0x0a) {
      let line = String(decoding: bytes[..<end], as: UTF8.self)
      bytes.removeFirst(end + 1)
      guard line.hasSuffix("\r") else {
        say("500 a line ended without CR", context)
        continue
      }
      if !rules.isSilent { take(String(line.dropLast()), context) }
    }
  }

  private func take(_ line: String, _ context: ChannelHandlerContext) {
    if step == .data { return takeText(line, context) }
    box.state.withLock { $0.lines.append(line) }
    switch step {
    case .user:
      named = Self.decoded(line)
      step = .password
      return say("334 UGFzc3dvcmQ6", context)
    case .password:
      step = .commands
      return login(named, Self.decoded(line), context)
    default: break
    }
    let words = line.split(separator: " ").map(String.init)
    switch words.first?.uppercased() {
    case "EHLO":
      var extensions = ["sink greets \(words.last ?? "")", "8BITMIME"]
      if rules.hasTLS, !isEncrypted { extensions.append("STARTTLS") }
      if isEncrypted, !rules.mechanisms.isEmpty { extensions.append("AUTH \(rules.mechanisms.joined(separator: " "))") }
      for (at, text) in extensions.enumerated() { say("250\(at == extensions.count - 1 ? " " : "-")\(text)", context) }
    case "HELO": say("250 sink", context)
    case "STARTTLS" where rules.hasTLS && !isEncrypted:
      say("220 go ahead", context)
      isEncrypted = true
      let handler = NIOSSLServerHandler(context: self.context)
      try? context.pipeline.syncOperations.addHandler(handler, position: .first)
    case "AUTH" where words.count == 3 && words[1] == "PLAIN":
      let parts = Self.decoded(words[2]).split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
      if parts.count == 3 { login(parts[1], parts[2], context) } else { say("501 no", context) }
    case "AUTH" where words.count == 2 && words[1] == "LOGIN":
      step = .user
      say("334 VXNlcm5hbWU6", context)
    case "MAIL":
      guard rules.mechanisms.isEmpty || user != nil else { return say("530 5.7.0 log in first", context) }
      from = Self.address(line)
      recipients = []
      say("250 ok", context)
    case "RCPT":
      let address = Self.address(line)
      guard !rules.refused.contains(address) else { return say("550 5.1.1 <\(address)>: nobody of that name", context) }
      recipients.append(address)
      say("250 ok", context)
    case "DATA" where from != nil && !recipients.isEmpty:
      step = .data
      text = []
      say("354 end with a dot", context)
    case "QUIT":
      say("221 bye", context)
      context.close(promise: nil)
    default: say("502 what?", context)
    }
  }

  private func takeText(_ line: String, _ context: ChannelHandlerContext) {
    guard line == "." else { return text.append(line.hasPrefix(".") ? String(line.dropFirst()) : line) }
    step = .commands
    if let refusal = rules.messageRefusal { return say(refusal, context) }
    let message = MailSink.Message(
      from: from ?? "", recipients: recipients, text: text.joined(separator: "\n"), isEncrypted: isEncrypted, user: user)
    box.state.withLock { $0.messages.append(message) }
    say("250 2.0.0 kept", context)
  }

  private func login(_ user: String, _ password: String, _ context: ChannelHandlerContext) {
    guard isEncrypted, user == rules.user, password == rules.password else { return say("535 5.7.8 wrong", context) }
    self.user = user
    say("235 welcome", context)
  }

  private static func decoded(_ text: String) -> String {
    Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func address(_ line: String) -> String {
    guard let begin = line.firstIndex(of: "<"), let end = line.lastIndex(of: ">"), begin < end else { return "" }
    return String(line[line.index(after: begin)..<end])
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
