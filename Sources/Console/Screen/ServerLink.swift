import Console
import FoundationEssentials
import Identity
import Model
import NIOCore
import NIOPosix
import Synchronization
import Wire

/// Keeps a connection to the server for as long as the program runs: connects, hands over what comes, connects again when it is
/// lost, for ever, waiting a little longer after each failure.
final class ServerLink: Sendable {
  /// The first wait, and the longest.
  private static let waits = (first: 0.2, longest: 10.0)
  /// A connection that lasted so many seconds was a good one: the waits begin anew.
  private static let goodConnection: Int64 = 5
  private static let answerTime = TimeAmount.seconds(60)

  let address: ServerAddress
  let user: String
  private let host: String
  let knownServers: KnownServers
  let inbox: Inbox
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private struct State {
    var connection: ServerConnection?
    /// The wait for the next try.
    var pause: Task<Void, Never>?
  }
  private let state = Mutex(State())

  init(address: ServerAddress, user: String, host: String, knownServers: KnownServers, inbox: Inbox) {
    self.address = address
    self.user = user
    self.host = host
    self.knownServers = knownServers
    self.inbox = inbox
  }

  func start() {
    Task { await run() }
  }

  private func run() async {
    var wait = Self.waits.first
    while true {
      inbox.push(.link(.trying))
      let begun = Clock.now
      let reason = await connectAndStay()
      if (Clock.now - begun).seconds >= Self.goodConnection { wait = Self.waits.first }
      // Jitter, so that the consoles of a farm do not come back in step.
      let delay = Span(microseconds: Int64(wait * Double.random(in: 0.8...1.2) * 1_000_000))
      inbox.push(.link(.lost(reason: reason, nextTry: Clock.now + delay)))
      await pause(delay)
      wait = min(Self.waits.longest, wait * 2)
    }
  }

  /// Returns when there is no connection, or no more, with the reason.
  private func connectAndStay() async -> String {
    let (ends, end) = AsyncStream<String>.makeStream()
    do {
      let connection = try await ServerConnection.connect(
        to: address, kind: .console, user: user, host: host, knownServers: knownServers, group: group, timeout: .seconds(10),
        onFrame: { [inbox] frame in
          if let event = ConsoleEvent(frame) { inbox.push(event) }
        },
        onClose: { reason in
          end.yield(reason)
          end.finish()
        })
      state.withLock { $0.connection = connection }
      inbox.push(
        .link(
          .connected(
            serverName: connection.welcome.serverName, serverVersion: connection.welcome.version,
            time: Instant(microseconds: connection.welcome.time), firstMet: connection.firstMet.map { "\($0)" })))
      var reason = "the connection ended"
      for await last in ends { reason = last }
      state.withLock { $0.connection = nil }
      return reason
    } catch {
      return (error as? Failure)?.message ?? "\(error)"
    }
  }

  private func pause(_ span: Span) async {
    let pause = Task { () -> Void in try? await Task.sleep(for: .microseconds(span.microseconds)) }
    state.withLock { $0.pause = pause }
    await pause.value
  }

  /// Ends the wait for the next try.
  func retryNow() {
    state.withLock { $0.pause }?.cancel()
  }

  var connection: ServerConnection? { state.withLock { $0.connection } }

  func subscribe(_ number: SubscriptionNumber, _ topic: Topic, _ window: Window) {
    var frame = WireClientFrame()
    frame.subscribe = WireSubscribe(number, topic, window)
    connection?.send(frame)
  }

  func unsubscribe(_ number: SubscriptionNumber) {
    var frame = WireClientFrame()
    frame.unsubscribe.subscription = number
    connection?.send(frame)
  }

  func operate(_ number: RequestNumber, _ operation: Model.Operation) {
    Task { [inbox] in
      inbox.push(
        .operated(
          number,
          await answer(to: .operate(WireOperate(operation))) { content in
            if case .operated(let answer) = content { return answer.outcomes.map(OperationOutcome.init) }
            return nil
          }))
    }
  }

  func operateRenders(_ number: RequestNumber, _ order: RenderOrder, _ names: [String]) {
    var request = WireOperateRenders()
    request.kind = UInt32(order.rawValue)
    request.names = names
    let content = WireRequest.OneOf_Content.operateRenders(request)
    Task { [inbox] in
      inbox.push(
        .rendersOperated(
          number,
          await answer(to: content) { content in
            guard case .rendersOperated(let answer) = content else { return nil }
            return answer.outcomes.map { RenderAnswer(name: $0.name, isDone: $0.done, message: $0.message) }
          }))
    }
  }

  func undo(_ number: RequestNumber, _ order: UInt64) {
    var request = WireUndo()
    request.number = order
    let content = WireRequest.OneOf_Content.undo(request)
    Task { [inbox] in
      inbox.push(
        .undone(
          number,
          await answer(to: content) { content in
            if case .undone(let answer) = content { UndoOutcome(answer) } else { nil }
          }))
    }
  }

  func listUndos(_ number: RequestNumber) {
    Task { [inbox] in
      inbox.push(
        .undos(
          number,
          await answer(to: .listUndos(WireListUndos())) { content in
            guard case .undos(let answer) = content else { return nil }
            return answer.rows.map {
              UndoRow(number: $0.number, who: "\($0.user)@\($0.host)", seconds: $0.seconds, text: $0.text)
            }
          }))
    }
  }

  func raiseRole(_ number: RequestNumber, _ password: Secret) {
    var request = WireRaiseRole()
    request.password = .init(password.bytes)
    let content = WireRequest.OneOf_Content.raiseRole(request)
    Task { [inbox] in
      inbox.push(
        .roleRaised(
          number,
          await answer(to: content) { content in
            guard case .role(let row) = content, let role = Role(rawValue: Int(row.role)) else { return nil }
            return RoleGrant(role: role, idle: .seconds(Int64(row.idleSeconds)))
          }))
    }
  }

  func lowerRole() {
    Task { _ = await answer(to: .lowerRole(WireLowerRole())) { _ in true } }
  }

  func fetchJob(_ number: RequestNumber, _ id: JobID) {
    var request = WireGetJob()
    request.selector.ids = [id.value]
    let content = WireRequest.OneOf_Content.getJob(request)
    Task { [inbox] in
      inbox.push(
        .jobDetail(
          number,
          await answer(to: content) { content in
            guard case .job(let detail) = content else { return nil }
            return JobDetail(
              job: JobSummary(detail.row), blocks: detail.blocks.map(BlockSummary.init),
              document: String(decoding: detail.document, as: UTF8.self))
          }))
    }
  }

  func explain(_ number: RequestNumber, _ target: ExplainTarget) {
    var request = WireExplain()
    request.selector.ids = [target.job.value]
    request.block = target.block.map { "\($0)" } ?? ""
    request.task = target.task.map { "\($0)" } ?? ""
    let content = WireRequest.OneOf_Content.explain(request)
    Task { [inbox] in
      inbox.push(
        .explained(
          number, target,
          await answer(to: content) { content in
            if case .explained(let answer) = content { return Explanation(answer) }
            return nil
          }))
    }
  }

  func answer<Answer>(
    to content: WireRequest.OneOf_Content, _ read: (WireResponse.OneOf_Content) -> Answer?
  ) async -> Result<Answer, Failure> {
    guard let connection else { return .failure(Failure(.unreachable, "no connection to the server")) }
    do {
      let response = try await connection.request(content, timeout: Self.answerTime)
      if let offer = response.undoOffer { inbox.push(.offered(offer)) }
      guard let answer = read(response) else {
        return .failure(Failure(.failed, "the server's answer is of another kind (is it newer than this program?)"))
      }
      return .success(answer)
    } catch {
      return .failure(error as? Failure ?? Failure(.failed, "\(error)"))
    }
  }

  /// Says goodbye, so that the server need not find out.
  func close() async {
    await connection?.close()
  }
}

extension WireResponse.OneOf_Content {
  /// How the order that it answers can be taken back; nil: it says nothing of that.
  fileprivate var undoOffer: UndoOffer? {
    switch self {
    case .operated(let answer) where answer.hasUndo: UndoOffer(answer.undo)
    case .rendersOperated(let answer) where answer.hasUndo: UndoOffer(answer.undo)
    case .edited(let answer) where answer.hasUndo: UndoOffer(answer.undo)
    default: nil
    }
  }
}
