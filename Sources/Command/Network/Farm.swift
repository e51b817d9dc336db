import Identity
import Model
import NIOCore
import NIOPosix
import Wire

/// A connection to the server, with what comes unasked as a sequence.
struct Farm: Sendable {
  enum Event: Sendable {
    case view(WireViewUpdate)
    case log(WireLogPortion)
    case closed(reason: String)
    /// The time that was set with `endAfter` is over.
    case timedOut
  }

  let connection: ServerConnection
  let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation

  /// The server's clock when the connection was made: what ages are counted to.
  var now: Instant { Instant(microseconds: connection.welcome.time) }

  /// - Throws: `Failure`: `.unreachable` within `Call.connectTimeout` when nobody answers.
  static func connect(_ call: Call) async throws -> Farm {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    if let connection = call.connection { return Farm(connection: connection, events: events, continuation: continuation) }
    let connection = try await ServerConnection.connect(
      to: call.address, kind: .command, user: call.user, host: call.host, knownServers: call.knownServers,
      group: MultiThreadedEventLoopGroup.singleton, timeout: Call.connectTimeout,
      onFrame: { frame in
        switch frame.content {
        case .view(let update): continuation.yield(.view(update))
        case .log(let portion): continuation.yield(.log(portion))
        default: break
        }
      },
      onClose: { reason in
        continuation.yield(.closed(reason: reason))
        continuation.finish()
      })
    if let fingerprint = connection.firstMet {
      call.say(
        "the server at \(call.address) was met for the first time; its fingerprint \(fingerprint) is now recorded in "
          + call.knownServers.path)
    }
    if let password = call.rolePassword {
      do { try await connection.raiseRole(by: password) } catch {
        await connection.close()
        throw error
      }
    }
    return Farm(connection: connection, events: events, continuation: continuation)
  }

  /// Connects, does something, and takes leave of the server.
  static func with<Value>(_ call: Call, _ body: (Farm) async throws -> Value) async throws -> Value {
    let farm = try await connect(call)
    do {
      let value = try await body(farm)
      if call.connection == nil { await farm.connection.close() }
      return value
    } catch {
      if call.connection == nil { await farm.connection.close() }
      throw error
    }
  }

  func subscribe(_ subscription: WireSubscribe) {
    var frame = WireClientFrame()
    frame.subscribe = subscription
    connection.send(frame)
  }

  /// Puts `.timedOut` among the events at a moment; the task ends with the process or by being cancelled.
  func end(at moment: ContinuousClock.Instant) -> Task<Void, Never> {
    Task { [continuation] in
      try? await Task.sleep(until: moment, clock: .continuous)
      if !Task.isCancelled { continuation.yield(.timedOut) }
    }
  }
}

extension Failure {
  /// An answer of another kind than the question: a fault of the server, or one of another age.
  static var unexpectedAnswer: Failure {
    Failure(.failed, "the server's answer makes no sense (are server and command of the same version?)")
  }
}
