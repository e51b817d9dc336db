import Model

/// Who sleeps, who is woken next, and when (reference/afanasy.md section 7).
///
/// By themselves renders are woken when work waits that none which is awake can take: one at a time, each `wakeInterval`, as many as
/// the work wants and no more. Whether there is such work is asked only when something may have changed that.
struct Wakes: Sendable {
  /// How often a render is called before that has failed.
  static let tries: UInt8 = 3
  /// Between two looks that found nobody to wake.
  static let lookInterval = Span.seconds(1)
  /// So long a render that did not wake is left alone: doubled each time, up to the most.
  static let pause: Int32 = 600
  static let longestPause = Span.seconds(86_400)

  /// Renders that sleep and are not being woken: places in `Farm.renders`.
  private(set) var sleeping = BitSet()
  private(set) var sleepingCount = 0
  /// Those to be woken as soon as their turns come.
  var queue: [Int] = []
  /// Not before this moment.
  var next = Instant.never
  var nextLook = Instant.never
  /// There may be work that somebody who sleeps could take.
  var isDue = false
  /// The farm was loaded, and the server does not listen yet.
  var isHeld = false
  /// When the next one may be woken.
  var timer: TimerID?

  /// Nobody is to be woken, and nobody can.
  var isIdle: Bool { queue.isEmpty && (!isDue || sleepingCount == 0) }

  mutating func sleeps(_ render: Int) {
    guard !sleeping.contains(render) else { return }
    sleeping.insert(render)
    sleepingCount += 1
    isDue = true
  }

  mutating func sleepsNoMore(_ render: Int) {
    guard sleeping.contains(render) else { return }
    sleeping.remove(render)
    sleepingCount -= 1
  }

  /// It is awake, or gone. What it was woken for may need another one.
  mutating func forget(_ render: Int) {
    sleepsNoMore(render)
    queue.removeAll { $0 == render }
    isDue = true
  }

  /// These classes of demands have something to start that they had not, or may start it where they could not.
  mutating func note(fresh: BitSet) {
    if sleepingCount > 0, !isDue, !fresh.isEmpty { isDue = true }
  }

  /// Something about a render that takes no tasks changed.
  mutating func note(changed render: Int) {
    if sleeping.contains(render) { isDue = true }
  }

  /// `wakes` counts on over rounds of tries, so that a store knows both.
  static func isNewRound(_ wakes: UInt8) -> Bool { wakes % tries == 0 }
  static func failedRounds(_ wakes: UInt8) -> Int { Int(wakes / tries) }
}
