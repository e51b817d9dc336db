/// Where a grid is shown: `CursesScreen` shows it on a terminal, `MemoryScreen` keeps it for tests.
public protocol Screen: AnyObject {
  var size: Size { get }
  func show(_ grid: Grid)
  /// Rings, and says what for where the terminal shows notices.
  func ring(_ text: String)
}

/// A screen that remembers what was shown on it.
public final class MemoryScreen: Screen {
  public private(set) var shown: [Grid] = []
  public private(set) var rings: [String] = []
  public var size: Size

  public init(_ size: Size) { self.size = size }
  public func show(_ grid: Grid) { shown.append(grid) }
  public func ring(_ text: String) { rings.append(text) }
}
