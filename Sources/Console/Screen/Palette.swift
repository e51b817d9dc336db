/// The xterm palette, and its nearest entry to a colour.
enum Palette {
  private static let levels: [Int] = [0, 95, 135, 175, 215, 255]
  /// xterm's first sixteen.
  private static let basic: [(Int, Int, Int)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
  ]

  static func components(_ index: UInt8) -> (red: Int, green: Int, blue: Int) {
    switch index {
    case 0..<16: return basic[Int(index)]
    case 16..<232:
      let cube = Int(index) - 16
      return (levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    default:
      let grey = 8 + 10 * (Int(index) - 232)
      return (grey, grey, grey)
    }
  }

  /// As 0xRRGGBB.
  static func direct(_ index: UInt8) -> Int32 {
    let (red, green, blue) = components(index)
    return Int32(red << 16 | green << 8 | blue)
  }

  /// Without the first sixteen, which people change.
  static func nearest256(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    nearest(Int(red), Int(green), Int(blue), among: 16...255)
  }

  /// The nearest of the first `count` (8 or 16).
  static func nearest(_ index: UInt8, of count: Int) -> UInt8 {
    if Int(index) < count { return index }
    if index < 16 { return index & 7 }
    let (red, green, blue) = components(index)
    return nearest(red, green, blue, among: 0...UInt8(count - 1))
  }

  private static func nearest(_ red: Int, _ green: Int, _ blue: Int, among range: ClosedRange<UInt8>) -> UInt8 {
    var best = range.lowerBound
    var least = Int.max
    for index in range {
      let other = components(index)
      let distance =
        (red - other.red) * (red - other.red) + (green - other.green) * (green - other.green)
        + (blue - other.blue) * (blue - other.blue)
      if distance < least {
        best = index
        least = distance
      }
    }
    return best
  }
}
