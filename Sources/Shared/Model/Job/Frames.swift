/// The frames of a numeric block and how they are cut into tasks (reference/afanasy.md sections 1.5 and 1.5.1).
public struct Frames: Hashable, Sendable {
  public var first: Int64
  public var last: Int64
  /// Frames in one task, 1 or more.
  public var perTask: Int64
  /// Step from one frame to the next, 1 or more.
  public var increment: Int64

  public init(first: Int64, last: Int64, perTask: Int64 = 1, increment: Int64 = 1) {
    self.first = first
    self.last = last
    self.perTask = max(1, perTask)
    self.increment = max(1, increment)
  }

  /// Whether its numbers are such as a block may have, so that no arithmetic on them overflows.
  public var isPossible: Bool {
    let numbers: ClosedRange<Int64> = -Self.largest...Self.largest
    return numbers.contains(first) && numbers.contains(last) && perTask <= Self.largest && increment <= Self.largest
  }

  /// Of any of its numbers, as the table of a block's parameters has it.
  public static let largest: Int64 = 1_000_000_000

  /// Frames in all; 0 when `last` is before `first`.
  public var frameCount: Int64 { last < first ? 0 : (last - first) / increment + 1 }
  /// Tasks: frames divided by frames per task, rounded up.
  public var taskCount: Int64 { (frameCount + perTask - 1) / perTask }

  /// First and last frame of a task.
  public func range(of task: Int) -> (first: Int64, last: Int64) {
    let start = first + Int64(task) * perTask * increment
    let end = start + (perTask - 1) * increment
    let lastFrame = first + (frameCount - 1) * increment
    return (start, min(end, lastFrame))
  }

  /// How many frames a task has: `perTask`, fewer in the last one.
  public func count(of task: Int) -> Int64 {
    let (start, end) = range(of: task)
    return (end - start) / increment + 1
  }

  /// The task that has this frame, or would have it if the step hit it; nil outside the range.
  public func task(of frame: Int64) -> Int? {
    guard frame >= first, frame <= last, frameCount > 0 else { return nil }
    return Int((frame - first) / increment / perTask)
  }

  /// `frame 7`, `frame 1-5`, `frame 1-9 / 2`: Afanasy's default task name.
  public func name(of task: Int) -> String {
    let (start, end) = range(of: task)
    if start == end { return "frame \(start)" }
    return increment == 1 ? "frame \(start)-\(end)" : "frame \(start)-\(end) / \(increment)"
  }
}

/// Fills `@#@` marks (section 1.5.1): in a numeric block they are alternately the first and the last frame of the task, and a `;`
/// begins again with the first; the number of `#` is the width, padded with zeros.
///
/// Twenty thousand marks in a pattern, each filled with a long text, would be gigabytes: once so many bytes are there, further marks
/// stay as they are. Whoever runs a command takes none that long.
public enum Filling {
  /// Of a command or a file's name, in bytes.
  public static let limit = 4 << 20

  public static func numeric(_ pattern: String, first: Int64, last: Int64, limit: Int = limit) -> String {
    fill(pattern, limit) { index, width in padded(index % 2 == 0 ? first : last, width) }
  }

  /// In a listed block every mark is the task's own string; without a mark the string is appended, without a pattern it is all.
  public static func listed(_ pattern: String, task: String, limit: Int = limit) -> String {
    if pattern.isEmpty { return task }
    var used = false
    let text = fill(pattern, limit) { _, _ in
      used = true
      return task
    }
    if used || task.isEmpty { return text }
    return text + " " + task
  }

  static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (number < 0 ? "-" : "") + zeros + digits
  }

  private static func fill(_ pattern: String, _ limit: Int, _ value: (Int, Int) -> String) -> String {
    var out = ""
    var index = 0
    var rest = Substring(pattern)
    while out.utf8.count < limit, let mark = rest.firstIndex(of: "@") {
      let before = rest[..<mark]
      if before.contains(";") { index = 0 }
      out += before
      let hashes = rest[rest.index(after: mark)...].prefix { $0 == "#" }
      if !hashes.isEmpty, hashes.endIndex < rest.endIndex, rest[hashes.endIndex] == "@" {
        out += value(index, hashes.count)
        index += 1
        rest = rest[rest.index(after: hashes.endIndex)...]
      } else {
        out += "@"
        rest = rest[rest.index(after: mark)...]
      }
    }
    return out + rest
  }
}
