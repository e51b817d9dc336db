import DequeModule
import Logging
import Model
import NIOCore
import Scheduler
import Wire

/// Frames to mails.
extension SessionHandler {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isLeaving else { return }
    let frame = unwrapInboundIn(data)
    guard let session else {
      guard case .hello(let hello) = frame.content else { return refuse(Failure(.usage, "the first frame must be a hello")) }
      return greet(hello)
    }
    switch frame.content {
    case .request(let request): requests.append(request)
    case .alive: if session.kind == .render { mails.append(.alive(session)) }
    case .subscribe(let subscribe): self.subscribe(subscribe, session)
    case .unsubscribe(let unsubscribe): mails.append(.unsubscribe(session, unsubscribe.subscription))
    case .goodbye:
      isLeaving = true
      door.expectEnd()
    case .register, .update, .output:
      guard session.kind == .render else { return refuse(Failure(.usage, "only renders may send that")) }
      fromRender(frame, session)
    case .hello: refuse(Failure(.usage, "a second hello"))
    // A frame that a newer client may know and this server does not.
    case nil: break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    answerRequests()
    postMails()
    flush()
    context.fireChannelReadComplete()
  }

  // MARK: Hello

  private func greet(_ hello: WireHello) {
    guard let context else { return }
    guard hello.protocol >= ProtocolVersion.oldest else {
      return refuse(
        Failure(
          .usage, "this server speaks protocol \(ProtocolVersion.oldest) to \(ProtocolVersion.current), not \(hello.protocol)"))
    }
    guard hall.isOpen || Hall.isLoopback(remote) else {
      return refuse(
        Failure(
          .notPermitted,
          "this server takes programs of its own machine only (to change that, set af_enroll to \"open\" in its configuration)"))
    }
    guard !hall.isStopping else { return refuse(Failure(.unreachable, "the server is stopping")) }
    let kind: Session.Kind
    switch hello.kind {
    case .command: kind = .command
    case .console: kind = .console
    case .render: kind = .render
    default: return refuse(Failure(.usage, "the hello does not say what the program is"))
    }
    guard Self.isName(hello.user), Self.isName(hello.host) else {
      return refuse(Failure(.usage, "the hello needs a user's and a host's name"))
    }
    endPatience()
    door.greet()
    let session = Session(
      id: hall.nextConnection(), kind: kind, person: Actor(user: hello.user, host: hello.host), address: peer,
      loop: context.eventLoop, handler: self)
    self.session = session
    log[metadataKey: "connection"] = "\(session.id)"
    log.debug("\(kind) of \(session.person.description) at \(peer), version \(hello.version)")
    var welcome = WireWelcome()
    welcome.protocol = min(hello.protocol, ProtocolVersion.current)
    welcome.version = ProtocolVersion.program
    welcome.serverID = hall.serverID
    welcome.serverName = hall.serverName
    welcome.time = hall.clock.now.microseconds
    var frame = WireServerFrame()
    frame.welcome = welcome
    append(frame)
    mails.append(.opened(session))
  }

  /// A word of one line, not empty.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= Limits.nameBytes
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  // MARK: Requests

  /// Begins as many requests as the connection's allowance lets; the rest waits, and the peer with it.
  func answerRequests() {
    guard let session else { return }
    while !isLeaving, !session.isClogged, !holds.contains(.document), requestWeight < hall.limits.requestsInFlight,
      let request = requests.popFirst()
    {
      begin(request, session)
    }
    if requests.isEmpty { release(.requests) } else { hold(.requests) }
  }

  private func begin(_ request: WireRequest, _ session: Session) {
    guard let content = request.content else {
      return reply(request.id, .failure(Failure(.usage, "the server does not know this request (is the client newer?)")))
    }
    guard requestWeights[request.id] == nil else { return refuse(Failure(.usage, "two requests with the number \(request.id)")) }
    heardPerson()
    switch content {
    case .submit(let submit):
      return read(
        Array(submit.document), for: .job(isPaused: submit.paused), number: request.id, session)
    case .append(let append):
      do throws(Failure) {
        return read(Array(append.document), for: try DocumentUse(append.place), number: request.id, session)
      } catch { return reply(request.id, .failure(error)) }
    case .submitPart(let part): return take(part, number: request.id, session)
    default: if takeRole(content, number: request.id, session) || takeArchive(content, number: request.id, session) { return }
    }
    do throws(Failure) {
      let question = try Question(content)
      if hall.isStopping, question.changesTheFarm { throw Failure(.failed, "the server is stopping; ask again when it is back") }
      expect(request.id, weight: question.weight)
      mails.append(.ask(session, number: request.id, question))
    } catch {
      reply(request.id, .failure(error))
    }
  }

  func expect(_ number: UInt64, weight: Int) {
    requestWeights[number] = weight
    requestWeight += weight
  }

  // MARK: Views

  private func subscribe(_ wire: WireSubscribe, _ session: Session) {
    do throws(Failure) {
      let topic = try Topic(wire)
      mails.append(.subscribe(session, wire.subscription, topic, ViewWindow(wire.window)))
    } catch {
      if case .log = wire.topic {
        take(.log(LogRows(subscription: wire.subscription, isEnd: true, failure: error)))
      } else {
        take(.view(ViewRows(subscription: wire.subscription, failure: error)))
      }
    }
  }
}

extension Question {
  var changesTheFarm: Bool {
    switch self {
    case .operate, .operateRenders, .edit, .order, .orderSelected: true
    default: false
    }
  }
}
