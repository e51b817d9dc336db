import Model

/// Which frames a block's tasks have, and which tasks have a frame (reference/afanasy.md section 3.11).
///
/// A listed block has frames too, from 0: `framesPerTask` in each task, or, when that is negative, so many tasks for each frame.
struct FrameMap: Sendable {
  private enum Kind {
    case numeric(Frames)
    case several(perTask: Int64)
    case parts(perFrame: Int64)
  }
  private let kind: Kind
  private let count: Int64

  init(_ block: BlockSpec) {
    count = Int64(block.taskCount)
    switch block.work {
    case .numeric(let frames): kind = .numeric(frames)
    case .listed(_, let perTask): kind = perTask < 0 ? .parts(perFrame: -perTask) : .several(perTask: max(1, perTask))
    }
  }

  /// What to add to a frame of this block to get the same frame of the other: lists begin at the frame range's first.
  func shift(to other: FrameMap) -> Int64 {
    switch (kind, other.kind) {
    case (.numeric, .numeric): 0
    case (.numeric(let frames), _): -frames.first
    case (_, .numeric(let frames)): frames.first
    default: 0
    }
  }

  /// First and last frame of a task.
  func frames(of task: Int) -> (first: Int64, last: Int64) {
    switch kind {
    case .numeric(let frames): return frames.range(of: task)
    case .several(let perTask): return (Int64(task) * perTask, Int64(task) * perTask + perTask - 1)
    case .parts(let perFrame): return (Int64(task) / perFrame, Int64(task) / perFrame)
    }
  }

  /// Every frame for which `tasks(holding:)` answers this task: with those that the step leaves out.
  func cover(of task: Int) -> (first: Int64, last: Int64) {
    guard case .numeric(let frames) = kind else { return self.frames(of: task) }
    let stride = frames.perTask * frames.increment
    let first = frames.first + Int64(task) * stride
    return (first, min(first + stride - 1, frames.last))
  }

  /// First and last frame of all its tasks.
  var span: (first: Int64, last: Int64) { (frames(of: 0).first, cover(of: Int(count) - 1).last) }

  /// The frames of a task one by one: the first, how many, and from one to the next.
  func steps(of task: Int) -> (first: Int64, count: Int64, increment: Int64) {
    switch kind {
    case .numeric(let frames): return (frames.range(of: task).first, frames.count(of: task), frames.increment)
    case .several(let perTask): return (Int64(task) * perTask, perTask, 1)
    case .parts(let perFrame): return (Int64(task) / perFrame, 1, 1)
    }
  }

  /// Each task has one frame, and each frame one task.
  var isOneByOne: Bool {
    switch kind {
    case .numeric(let frames): frames.perTask == 1
    case .several(let perTask): perTask == 1
    case .parts: false
    }
  }

  /// The last frame of its last task.
  var lastFrame: Int64 { frames(of: Int(count) - 1).last }

  /// The tasks that have these frames; nil when the block has none of them.
  func tasks(holding range: (first: Int64, last: Int64)) -> ClosedRange<Int>? {
    switch kind {
    case .numeric(let frames):
      guard let first = frames.task(of: max(range.first, frames.first)), let last = frames.task(of: min(range.last, frames.last)),
        first <= last
      else { return nil }
      return first...last
    case .several(let perTask): return clamp(floor(range.first, perTask), floor(range.last, perTask))
    case .parts(let perFrame): return clamp(range.first * perFrame, range.last * perFrame + perFrame - 1)
    }
  }

  /// The tasks whose frames may lie between these; some that do not, at the ends, may be among them.
  func tasks(near range: (first: Int64, last: Int64)) -> ClosedRange<Int>? {
    guard case .numeric(let frames) = kind else { return tasks(holding: range) }
    let stride = frames.perTask * frames.increment
    return clamp(floor(range.first - frames.first, stride), floor(range.last - frames.first, stride))
  }

  /// The task that has exactly this frame.
  func task(of frame: Int64) -> Int? {
    if case .numeric(let frames) = kind, (frame - frames.first) % frames.increment != 0 { return nil }
    return tasks(holding: (frame, frame))?.lowerBound
  }

  private func clamp(_ first: Int64, _ last: Int64) -> ClosedRange<Int>? {
    let first = max(0, first)
    let last = min(count - 1, last)
    return first <= last ? Int(first)...Int(last) : nil
  }

  private func floor(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-a + b - 1) / b) }
}
