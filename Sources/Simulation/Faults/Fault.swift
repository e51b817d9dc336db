import Model

/// Something that goes wrong at a moment, for a while. All of a run are made from its seed before it begins, so that a run can be
/// had again with some of them left out.
public struct Fault: Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case serverCrash(CrashDepth)
    /// It dies while the next transaction of so many rows or more is being written.
    case serverCrashInCommit(rows: Int)
    /// It is suspended.
    case serverStop
    case agentCrash(CrashDepth)
    case agentStop
    /// A connection ends; what was on its way is lost, and the two ends hear of it at different times.
    case cut
    /// Nothing passes: nowhere, or only one way.
    case partition(toServer: Bool, toClient: Bool)
    /// The same for everybody.
    case darkness
    case slowNetwork
    case slowDisk
    case fullDisk
    case syncFails
    /// The server's next life has another wall clock.
    case wallClock(Span)
    case lie(Lie)
  }

  /// What an agent says that is not so.
  enum Lie: Int, Sendable, CaseIterable {
    /// A result that was told, and perhaps acknowledged, long ago.
    case again
    /// The result of a run that another render has, or nobody.
    case foreign
    /// A result of its own run, for another task.
    case wrongKey
    /// At its next registration, runs that it does not have.
    case falseReports
    /// Results wait for a while.
    case late
    /// It leaves, its tasks ended; and goes on as if it had not.
    case leaving
  }

  /// Its place in the plan, for `--faults`.
  public let number: Int
  let at: Instant
  let kind: Kind
  /// Which client it hits.
  let target: Int
  let duration: Span
  /// For what else of chance it needs: other faults may be left out and this one stays as it is.
  let salt: UInt64

  public var description: String {
    let time = "\(number): at \(World.text(at)) for \(duration.microseconds / 1000) ms"
    return switch kind {
    case .agentCrash, .agentStop, .cut, .partition, .lie: "\(time): \(kind) of client \(target)"
    default: "\(time): \(kind)"
    }
  }
}

enum FaultPlan {
  /// About one in three minutes.
  static func make(seed: UInt64, from begin: Instant, to end: Instant, agents: Int, clients: Int) -> [Fault] {
    var chance = Seeded(seed, 2)
    var faults: [Fault] = []
    var at = begin + .seconds(20)
    while true {
      at = at + chance.span(1000...360_000)
      guard at < end else { return faults }
      faults.append(one(faults.count, at, agents: agents, clients: clients, &chance))
    }
  }

  private static func one(_ number: Int, _ at: Instant, agents: Int, clients: Int, _ chance: inout Seeded) -> Fault {
    var target = chance.number(1...clients)
    // Most are over soon, some last longer than any patience.
    let duration = chance.chance(2, in: 3) ? chance.span(100...20_000) : chance.span(10_000...150_000)
    let kind: Fault.Kind
    switch chance.number(0...25) {
    case 0...1: kind = .serverCrash(.program)
    case 2...3: kind = .serverCrash(.machine)
    case 4...7: kind = .serverCrashInCommit(rows: chance.number(1...12))
    case 8: kind = .serverStop
    case 9...10: kind = .agentCrash(.program)
    case 11: kind = .agentCrash(.keeper)
    case 12: kind = .agentCrash(.machine)
    case 13: kind = .agentStop
    case 14...15: kind = .cut
    case 16: kind = .partition(toServer: true, toClient: true)
    case 17: kind = .partition(toServer: true, toClient: false)
    case 18: kind = .partition(toServer: false, toClient: true)
    case 19: kind = .darkness
    case 20: kind = .slowNetwork
    case 21: kind = .slowDisk
    case 22: kind = .fullDisk
    case 23: kind = .syncFails
    case 24: kind = .wallClock(.seconds(chance.one(of: [-86_400, -3600, -5, 5, 3600, 86_400])))
    default: kind = .lie(chance.one(of: Fault.Lie.allCases))
    }
    switch kind {
    case .agentCrash, .agentStop, .lie: target = (target - 1) % agents + 1
    default: break
    }
    return Fault(number: number, at: at, kind: kind, target: target, duration: duration, salt: chance.next())
  }
}
