import Model

/// Connects, and connects again after the connection was lost: a server that is restarted must not end what waits for it.
struct Reconnecting {
  let call: Call
  private var first: Farm?
  private var wasConnected = false

  /// - Parameter first: a connection that stands already.
  init(_ call: Call, first: Farm? = nil) {
    self.call = call
    self.first = first
  }

  /// So long is a lost server waited for.
  static let patience = Duration.seconds(60)

  /// The first time a server that does not answer is an error at once; later only when it stays away.
  mutating func connect(until deadline: ContinuousClock.Instant? = nil) async throws -> Farm {
    guard wasConnected else {
      let farm: Farm
      if let first { farm = first } else { farm = try await Farm.connect(call) }
      wasConnected = true
      return farm
    }
    call.say("the connection to the server at \(call.address) was lost; trying again for \(Self.patience.components.seconds) s")
    let giveUp = ContinuousClock.now + Self.patience
    var pause = Duration.milliseconds(100)
    while true {
      do {
        return try await Farm.connect(call)
      } catch let failure as Failure where failure.code == .unreachable {
        let next = ContinuousClock.now + pause
        if let deadline, next > deadline { throw Failure(.timedOut, "the time is over, and \(failure.message)") }
        if next > giveUp { throw failure }
        try await Task.sleep(until: next, clock: .continuous)
        pause = min(pause * 2, .seconds(2))
      }
    }
  }
}
