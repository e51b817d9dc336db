/// A moment: microseconds since 1970-01-01 00:00 UTC.
///
/// The server derives it from a monotonic clock that was set by the wall clock once, at start: it never goes back and never
/// jumps while a server runs.
public struct Instant: Hashable, Comparable, Sendable {
  public var microseconds: Int64
  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Int64) { microseconds = seconds &* 1_000_000 }

  /// Never: the time of what has not happened. Stored and shown as 0, as in Afanasy.
  public static let never = Instant(microseconds: 0)

  /// Whole seconds since 1970, rounded down: the unit of Afanasy's JSON.
  public var seconds: Int64 { microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000 }

  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }
  public static func + (a: Instant, span: Span) -> Instant { Instant(microseconds: a.microseconds &+ span.microseconds) }
  public static func - (a: Instant, b: Instant) -> Span { Span(microseconds: a.microseconds &- b.microseconds) }
}

/// A length of time in microseconds.
public struct Span: Hashable, Comparable, Sendable {
  public var microseconds: Int64
  public init(microseconds: Int64) { self.microseconds = microseconds }
  public static func seconds(_ value: Int64) -> Span { Span(microseconds: value &* 1_000_000) }
  public static func milliseconds(_ value: Int64) -> Span { Span(microseconds: value &* 1000) }
  public var seconds: Int64 { microseconds / 1_000_000 }
  public static func < (a: Span, b: Span) -> Bool { a.microseconds < b.microseconds }
}
