/// A key of a keyboard.
public enum Key: Hashable, Sendable {
  case character(Character)
  case up, down, left, right, pageUp, pageDown, home, end, insert, delete
  case enter, backspace, escape, tab
  case function(Int)
}

public struct Modifiers: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let shift = Modifiers(rawValue: 1)
  public static let alt = Modifiers(rawValue: 2)
  public static let control = Modifiers(rawValue: 4)
}

/// What a mouse did; buttons count from 1 (left).
public enum Mouse: Hashable, Sendable {
  case press(Int), release(Int), drag(Int), move, wheelUp, wheelDown, wheelLeft, wheelRight
}

/// What came from the terminal. Rows and columns count from 0.
public enum Input: Hashable, Sendable {
  case key(Key, Modifiers)
  case mouse(Mouse, row: Int, column: Int, Modifiers)
  case paste(String)
  case focus(Bool)
  /// A whole sequence that means nothing here: never to be taken for keys.
  case unknown(String)

  public static func key(_ key: Key) -> Input { .key(key, []) }
  public static func control(_ character: Character) -> Input { .key(.character(character), .control) }
}
