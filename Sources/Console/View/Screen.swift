/// Where a grid is shown: `CursesScreen` shows it on a terminal, `MemoryScreen` keeps it for tests.
public protocol Screen: AnyObject {
  var size: Size { get }
  func show(_ grid: Grid)
  func bell()
}

/// A screen that remembers what was shown on it.
public final class MemoryScreen: Screen {
  public private(set) var shown: [Grid] = []
  public private(set) var bells = 0
  public var size: Size

  public init(_ size: Size) { self.size = size }
  public func show(_ grid: Grid) { shown.append(grid) }
  public func bell() { bells += 1 }
}
