/// Afanasy's state bits of renders (section 2.5).
public struct RenderState: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public static let online = RenderState(rawValue: 1 << 0)
  /// Takes tasks of its own user only.
  public static let nimby = RenderState(rawValue: 1 << 1)
  /// Takes no tasks.
  public static let NIMBY = RenderState(rawValue: 1 << 2)
  /// Runs something.
  public static let busy = RenderState(rawValue: 1 << 3)
  public static let dirty = RenderState(rawValue: 1 << 4)
  public static let wolFalling = RenderState(rawValue: 1 << 5)
  public static let wolSleeping = RenderState(rawValue: 1 << 6)
  public static let wolWaking = RenderState(rawValue: 1 << 7)
  public static let paused = RenderState(rawValue: 1 << 8)
  public static let sick = RenderState(rawValue: 1 << 9)

  public static let tokens: [(RenderState, String)] = [
    (.online, "ONL"), (.nimby, "NbY"), (.NIMBY, "NBY"), (.busy, "RUN"), (.dirty, "DRT"), (.wolFalling, "WFL"),
    (.wolSleeping, "WSL"), (.wolWaking, "WWK"), (.paused, "PAU"), (.sick, "SIC"),
  ]

  /// Space-separated tokens; `OFF` when not online.
  public var text: String {
    let set = Self.tokens.lazy.filter { contains($0.0) }.map(\.1)
    return (contains(.online) ? Array(set) : ["OFF"] + set).joined(separator: " ")
  }
}
