/// Why a text is no regular expression, and where.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Place of the fault in characters (Unicode scalars), from 1.
  public let position: Int
  /// What is wrong, and what to do about it.
  public let message: String
  public init(position: Int, _ message: String) {
    self.position = position
    self.message = message
  }
  public var description: String { "bad regular expression at character \(position): \(message)" }
}
