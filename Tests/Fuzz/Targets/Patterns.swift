import Model

extension FuzzTarget {
  /// A regular expression up to the first line's end, and a text behind it. That it is matched in linear time, the fuzzer's own
  /// limit on time sees.
  static let pattern = FuzzTarget("pattern", longest: 6144) { bytes in
    let parts = bytes.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    let text = String(decoding: parts[0], as: UTF8.self)
    let subject = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
    guard let pattern = try? Pattern(text, ignoringCase: bytes.count % 2 == 1) else { return }
    let match = pattern.firstMatch(in: subject)
    demand(pattern.isFound(in: subject) == (match != nil), "what is found is the first match")
    if pattern.matchesWhole(subject) { demand(match != nil, "what matches whole is found") }
    if let match { demand(match.captures.count == pattern.groupCount + 1, "a match has all groups") }
    _ = MaskedNames.matches(pattern, subject)
  }

  /// Patterns of commands and names with marks for frames, and the frames.
  static let commands = FuzzTarget("commands", longest: 4096) { bytes in
    var input = FuzzInput(bytes)
    let frames = Frames(
      first: bounded(input.anyNumber()), last: bounded(input.anyNumber()), perTask: bounded(input.anyNumber()),
      increment: bounded(input.anyNumber()))
    let task = input.line()
    let pattern = input.line()
    let count = frames.taskCount
    demand(count >= 0, "a block has no fewer than no tasks")
    if count > 0 {
      for index in [0, count - 1, count / 2] {
        let (first, last) = frames.range(of: Int(index))
        demand(first >= frames.first && last <= frames.last && first <= last, "a task's frames are its block's")
        demand(frames.task(of: first) == Int(index), "a frame is its task's")
        _ = frames.count(of: Int(index))
        _ = frames.name(of: Int(index))
        _ = Filling.numeric(pattern, first: first, last: last)
      }
    }
    _ = Filling.listed(pattern, task: task)
  }

  /// As the keys of a document allow it.
  private static func bounded(_ number: Int64) -> Int64 { max(-1_000_000_000, min(1_000_000_000, number)) }
}

/// As a mask is used: on names, one line each.
private enum MaskedNames {
  static func matches(_ pattern: Pattern, _ text: String) -> Int {
    text.split(separator: "\n").count { pattern.matchesWhole($0) }
  }
}
