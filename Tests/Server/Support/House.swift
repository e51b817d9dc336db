import Identity
import Logging
import Model
import Scheduler
import NIOCore
import NIOPosix
import Settings
import TestSupport
import Wire

@testable import Server

/// A server in this process, on a free port of loopback, and its guests.
final class House: Sendable {
  let scratch: ScratchFolder
  let server: Server
  let tape: LogTape

  private init(scratch: ScratchFolder, server: Server, tape: LogTape) {
    self.scratch = scratch
    self.server = server
    self.tape = tape
  }

  /// - Parameters:
  ///   - store: nil: SQLite in the scratch folder.
  ///   - settings: nil: the defaults, but that a deletion is final at once.
  static func open(
    store: (any Store)? = nil, limits: SessionLimits = .patient, scratch: ScratchFolder? = nil, host: String = "127.0.0.1",
    settings: Settings? = nil
  ) async throws -> House {
    let scratch = try scratch ?? ScratchFolder()
    try TestPasswords.give(to: "state", in: scratch)
    let tape = LogTape()
    let tail = LogTail()
    let settings = try settings ?? Settings.load(overrides: ["af_undo_grace": "0"], environment: [:])
    let options = ServerOptions(listen: ServerAddress(host: host, port: 0), state: scratch.file("state"), settings: settings)
    let server = try await Server.start(
      options, log: tape.logger(tail), tail: tail, limits: limits, retry: CommitQueue.Retry(first: 20, last: 50)
    ) { try store ?? options.store.open() }
    return House(scratch: scratch, server: server, tape: tape)
  }

  var hall: Hall { server.hall }

  @discardableResult
  func guest(_ kind: WireHello.Kind = .command, at address: ServerAddress? = nil) async throws -> Guest {
    let frames = Inbox<WireServerFrame>()
    let closes = Inbox<String>()
    let connection = try await ServerConnection.connect(
      to: address ?? server.address, kind: kind, user: "ann", host: "desk", knownServers: KnownServers(path: scratch.file("known")),
      group: MultiThreadedEventLoopGroup.singleton, timeout: .minutes(10), onFrame: { frames.add($0) }, onClose: { closes.add($0) })
    return Guest(connection: connection, frames: frames, closes: closes)
  }

  @discardableResult
  func close() async -> Bool { await server.stop(patience: 2000) }
}

extension SessionLimits {
  /// On a machine that runs all tests at once a handshake may take longer than a server waits for it.
  static var patient: SessionLimits {
    var limits = SessionLimits()
    limits.helloTime = .minutes(10)
    return limits
  }
}

/// The other end of a connection.
struct Guest: Sendable {
  let connection: ServerConnection
  let frames: Inbox<WireServerFrame>
  let closes: Inbox<String>

  @discardableResult
  func submit(_ document: String, isPaused: Bool = false) async throws -> UInt32 {
    var submit = WireSubmitJob()
    submit.document = .init(document.utf8)
    submit.paused = isPaused
    guard case .submitted(let answer) = try await connection.request(.submit(submit)) else { throw WrongAnswer() }
    return answer.job
  }

  func jobs() async throws -> [WireJobRow] {
    guard case .jobs(let list) = try await connection.request(.listJobs(WireListJobs())) else { throw WrongAnswer() }
    return list.rows
  }

  func tasks(_ job: UInt32) async throws -> [WireTaskRow] {
    var list = WireListTasks()
    list.selector.ids = [job]
    guard case .tasks(let answer) = try await connection.request(.listTasks(list)) else { throw WrongAnswer() }
    return answer.rows
  }

  func operate(_ kind: Operation.Kind, _ job: UInt32) async throws {
    _ = try await connection.request(.operate(WireOperate(Operation(kind: kind, jobs: .ids([JobID(job)])))))
  }

  @discardableResult
  func raise(by password: String = TestPasswords.administrator) async throws -> WireRoleRow {
    var raise = WireRaiseRole()
    raise.password = .init(password.utf8)
    guard case .role(let role) = try await connection.request(.raiseRole(raise)) else { throw WrongAnswer() }
    return role
  }

  func send(_ content: WireClientFrame.OneOf_Content) {
    var frame = WireClientFrame()
    frame.content = content
    connection.send(frame)
  }

  /// Portion by portion.
  ///
  /// - Returns: the answer to the last portion.
  func upload(
    _ document: String, portion: Int, _ fill: (inout WireSubmitPart) -> Void = { _ in }
  ) async throws -> WireResponse.OneOf_Content {
    let bytes = Array(document.utf8)
    var answer: WireResponse.OneOf_Content?
    for from in stride(from: 0, to: bytes.count, by: portion) {
      var part = WireSubmitPart()
      part.size = UInt64(bytes.count)
      part.offset = UInt64(from)
      part.data = .init(bytes[from..<min(bytes.count, from + portion)])
      fill(&part)
      answer = try await connection.request(.submitPart(part))
    }
    guard let answer else { throw WrongAnswer() }
    return answer
  }

  // As a render.

  func register(_ name: String, maxTasks: Int32 = 10, runs: [WireRunReport] = []) async throws -> WireRenderAccepted {
    var register = WireRenderRegister()
    register.name = name
    register.agent = "agent-of-\(name)"
    register.user = "ann"
    register.capacity = 100_000
    register.maxTasks = maxTasks
    register.runs = runs
    send(.register(register))
    return try await frames.first("acceptance of \(name)") { frames in
      frames.lazy.compactMap { if case .accepted(let accepted) = $0.content { accepted } else { nil } }.first
    }
  }

  /// What the server told this render to do, so far.
  static func events(_ frames: [WireServerFrame]) -> [WireRenderEvents] {
    frames.compactMap { if case .events(let events) = $0.content { events } else { nil } }
  }
  var starts: [WireRunStart] { Self.events(frames.all).flatMap(\.starts) }
  func starts(_ count: Int) async throws -> [WireRunStart] {
    try await frames.first("\(count) starts") { frames in
      let all = Self.events(frames).flatMap(\.starts)
      return all.count >= count ? all : nil
    }
  }
  var acknowledged: [UInt64] { Self.events(frames.all).flatMap(\.acknowledged) }
  func acknowledged(_ lease: UInt64) async throws {
    _ = try await frames.first("acknowledgement of \(lease)") { frames in
      Self.events(frames).contains { $0.acknowledged.contains(lease) } ? true : nil
    }
  }

  func output(_ start: WireRunStart, _ text: String, at offset: UInt64 = 0, isLive: Bool = false) {
    var output = WireRunOutput()
    output.lease = start.lease
    output.key = start.key
    output.start = start.start
    output.offset = offset
    output.data = .init(text.utf8)
    output.live = isLive
    send(.output(output))
  }

  func finish(_ start: WireRunStart, _ outcome: RunOutcome = .success) {
    var run = WireRunUpdate()
    run.lease = start.lease
    run.finished.key = start.key
    run.finished.outcome = UInt32(outcome.rawValue)
    run.finished.start = start.start
    var update = WireRenderUpdate()
    update.runs = [run]
    send(.update(update))
  }

  struct WrongAnswer: Error {}
}

extension WireRunStart {
  var key: WireTaskKey {
    var key = WireTaskKey()
    key.job = job
    key.block = block
    key.task = task
    return key
  }
}

/// A job of one numeric block.
func document(_ name: String, frames: Int = 1, annotation: String = "") -> String {
  """
  {"job": {"name": "\(name)", "annotation": "\(annotation)", "blocks": [
    {"name": "block", "service": "generic", "command": "true @#@", "frame_first": 1, "frame_last": \(frames)}]}}
  """
}
