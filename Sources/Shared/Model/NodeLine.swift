/// A line of what the server wrote about a node.
public struct NodeLine: Hashable, Sendable {
  public enum Level: UInt8, Sendable { case debug, info, notice, warning, error }
  public var time: Instant
  public var level: Level
  public var text: String
  /// Who did it, as `anna@ws12`; empty: the server itself.
  public var who: String
  public init(time: Instant, level: Level, text: String, who: String = "") {
    self.time = time
    self.level = level
    self.text = text
    self.who = who
  }
}
