/// A colour as a theme names it; the screen maps it to what the terminal has.
public struct Color: Hashable, Sendable {
  /// Kind in the top byte (0 terminal, 1 indexed, 2 RGB), value below: a cell stays small.
  private let code: UInt32

  private init(code: UInt32) { self.code = code }

  /// The terminal's own foreground or background: never assumed to be black or white.
  public static let terminal = Color(code: 0)
  /// An entry of the terminal's palette of 256.
  public static func indexed(_ index: UInt8) -> Color { Color(code: 1 << 24 | UInt32(index)) }
  public static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
    Color(code: 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
  }

  public enum Kind: Hashable, Sendable {
    case terminal
    case indexed(UInt8)
    case rgb(UInt8, UInt8, UInt8)
  }

  public var kind: Kind {
    switch code >> 24 {
    case 1: .indexed(UInt8(code & 0xFF))
    case 2: .rgb(UInt8(code >> 16 & 0xFF), UInt8(code >> 8 & 0xFF), UInt8(code & 0xFF))
    default: .terminal
    }
  }
}

public struct Attributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public static let bold = Attributes(rawValue: 1)
  public static let dim = Attributes(rawValue: 2)
  public static let underline = Attributes(rawValue: 4)
  public static let reverse = Attributes(rawValue: 8)
  public static let italic = Attributes(rawValue: 16)
}

/// How a cell looks.
public struct Style: Hashable, Sendable {
  public var foreground: Color
  public var background: Color
  public var attributes: Attributes

  public init(_ foreground: Color = .terminal, on background: Color = .terminal, _ attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  public static let plain = Style()

  /// This style laid over another: what it leaves to the terminal comes from below.
  public func over(_ below: Style) -> Style {
    Style(
      foreground == .terminal ? below.foreground : foreground, on: background == .terminal ? below.background : background,
      attributes.union(below.attributes))
  }
}
