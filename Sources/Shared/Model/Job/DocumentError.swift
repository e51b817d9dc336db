/// What is wrong with a submitted document: the place in it, and what was expected there.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// As `blocks[2].frame_last`; empty for the document as a whole.
  public let path: String
  public let message: String
  public init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }
  public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
