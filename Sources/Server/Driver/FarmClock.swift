import Glibc
public import Model

/// Time as the farm sees it: the monotonic clock, set by the wall clock once, when the server starts. It never goes back and never
/// jumps, whatever happens to the wall clock meanwhile.
public struct FarmClock: Sendable {
  /// Wall minus monotonic clock, in microseconds.
  private let offset: Int64

  /// When it was made.
  public let began: Instant

  public init() {
    let monotonic = Self.microseconds(CLOCK_MONOTONIC)
    offset = Self.microseconds(CLOCK_REALTIME) - monotonic
    began = Instant(microseconds: monotonic + offset)
  }

  /// How far the wall clock has been set from the farm's since the start; forward is positive.
  public var drift: Span {
    Span(microseconds: Self.microseconds(CLOCK_REALTIME) - Self.microseconds(CLOCK_MONOTONIC) - offset)
  }

  public var now: Instant { Instant(microseconds: Self.microseconds(CLOCK_MONOTONIC) + offset) }

  private static func microseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
