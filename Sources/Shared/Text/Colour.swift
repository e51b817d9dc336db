/// What a piece of text means, as a colour of the sixteen that every terminal has.
public enum Colour: Sendable, Hashable {
  case heading, running, done, ready, waiting, warning, error, off

  /// The text between the sequences that switch the colour on and off.
  public func paint(_ text: String) -> String { "\u{1B}[\(code)m\(text)\u{1B}[0m" }

  private var code: String {
    switch self {
    case .heading: "1"
    case .running: "32"
    case .done: "36"
    case .ready: "39"
    case .waiting: "34"
    case .warning: "33"
    case .error: "31"
    case .off: "2"
    }
  }
}
