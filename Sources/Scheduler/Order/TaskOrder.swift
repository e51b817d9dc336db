import Model

/// In which order a block gives its tasks (`sequential`, reference/afanasy.md section 3.8), as sets of those that could start: the
/// next one is found in O(log n), and no task is ever gone through.
///
/// | `sequential` | order | sets beside the block's own |
/// |---|---|---|
/// | 1 | in order | none |
/// | -1 | from the end | none |
/// | N > 1 | first, last, those with frames that are multiples of N, the rest | the multiples: a bit a task |
/// | N < -1 | from the last frame back by N, then the rest from the end | the same |
/// | 0 | first, last, the middle, the quarters, the eighths… | one for each halving: two bits a task in all |
struct TaskOrder: Sendable {
  private enum Kind: Sendable { case forward, backward, steps, stepsBack, halves }
  private let kind: Kind
  private let steps: FrameSteps?
  private var count: Int
  /// Of the tasks that could start, those with frames that the steps hit.
  private var preview = BitTree(bound: 0)
  private var halves = Halves(count: 0, startable: BitTree(bound: 0))

  /// - Parameter startable: the tasks that could start now.
  init(_ sequential: Int64, frames: FrameMap, count: Int, startable: BitTree) {
    self.count = count
    switch sequential {
    case 1: kind = .forward
    case -1: kind = .backward
    case 0: kind = .halves
    default: kind = sequential > 0 ? .steps : .stepsBack
    }
    steps = kind == .steps || kind == .stepsBack ? FrameSteps(sequential, frames: frames) : nil
    if kind == .halves { halves = Halves(count: count, startable: startable) }
    guard let steps else { return }
    preview = BitTree(bound: count)
    let stride = frames.isOneByOne ? steps.period : 1
    var task = 0
    while let next = startable.next(from: task) {
      if steps.hits(frames.steps(of: next)) {
        preview.insert(next)
        task = next + stride
      } else {
        task = next + 1
      }
    }
  }

  /// A task could start from now on, or no longer.
  mutating func set(_ task: Int, isStartable: Bool, frames: FrameMap) {
    if kind == .halves { return halves.set(task, isStartable: isStartable) }
    guard let steps, steps.hits(frames.steps(of: task)) else { return }
    if isStartable { preview.insert(task) } else { preview.remove(task) }
  }

  /// None could start any more.
  mutating func removeAll() {
    if kind == .halves { halves = Halves(count: count, startable: BitTree(bound: count)) }
    if steps != nil { preview = BitTree(bound: count) }
  }

  /// The task to give next; nil: none.
  ///
  /// - Parameters:
  ///   - startable: the tasks that could start.
  ///   - avoiding: those that must not be given.
  ///   - isPreviewOnly: nothing behind the multiples (`ppa`, section 4.6); means something for N > 1 only.
  func next(_ startable: BitTree, without avoiding: SparseBits, isPreviewOnly: Bool) -> Int? {
    switch kind {
    case .forward: return startable.next(from: 0, without: avoiding)
    case .backward: return startable.previous(from: count - 1, without: avoiding)
    case .steps:
      if let end = end(startable, avoiding) ?? preview.next(from: 0, without: avoiding) { return end }
      return isPreviewOnly ? nil : startable.next(from: 0, without: avoiding)
    case .stepsBack:
      return preview.previous(from: count - 1, without: avoiding) ?? startable.previous(from: count - 1, without: avoiding)
    case .halves: return end(startable, avoiding) ?? halves.next(without: avoiding)
    }
  }

  /// Whether this order has a preview that `ppa` stops behind.
  var hasPreview: Bool { kind == .steps }

  private func end(_ startable: BitTree, _ avoiding: SparseBits) -> Int? {
    if startable.contains(0), !avoiding.contains(0) { return 0 }
    return startable.contains(count - 1) && !avoiding.contains(count - 1) ? count - 1 : nil
  }
}

/// Which tasks hold a frame at which a sequence of `|N|` steps.
struct FrameSteps: Sendable {
  private let step: Int64
  /// A frame that is hit: 0 forwards, the last one backwards.
  private let origin: Int64
  /// Of the step and the frames' increment: their greatest common divisor, and what undoes the increment when both are divided by it.
  private let divisor: Int64
  private let inverse: Int64

  init(_ sequential: Int64, frames: FrameMap) {
    step = Int64(sequential.magnitude)
    origin = sequential > 0 ? 0 : frames.lastFrame
    (divisor, inverse) = Self.inverse(of: frames.steps(of: 0).increment % step, modulo: step)
  }

  /// From one frame that is hit to the next, in frames that there are.
  var period: Int { Int(step / divisor) }

  /// Whether one of `count` frames from `first` on lies a multiple of the step from the origin.
  func hits(_ frames: (first: Int64, count: Int64, increment: Int64)) -> Bool {
    // first + i * increment = origin (mod step): without a solution unless the divisor divides the distance.
    let distance = modulo(origin - frames.first, step)
    guard distance % divisor == 0 else { return false }
    // `step` is at most a million, so that the product fits.
    let least = modulo(distance / divisor * inverse, step / divisor)
    return least < frames.count
  }

  private func modulo(_ a: Int64, _ b: Int64) -> Int64 {
    let rest = a % b
    return rest < 0 ? rest + b : rest
  }

  /// Greatest common divisor of two numbers, and what `number / divisor` is to be multiplied with to get 1 modulo `modulus / divisor`.
  private static func inverse(of number: Int64, modulo modulus: Int64) -> (divisor: Int64, inverse: Int64) {
    var (a, b) = (number, modulus)
    var (x, y): (Int64, Int64) = (1, 0)
    while b != 0 {
      let quotient = a / b
      (a, b) = (b, a - quotient * b)
      (x, y) = (y, x - quotient * y)
    }
    let small = modulus / a
    let rest = x % small
    return (a, rest < 0 ? rest + small : rest)
  }
}
