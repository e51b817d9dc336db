import Model

/// Tasks on the command line: `1,3-5,f10-f20`, numbers in the block and, with an `f`, frames.
enum TaskListSyntax {
  /// As many ranges as a server takes.
  static let rangesLimit = 10_000

  /// - Throws: `Failure(.usage)`.
  static func parse(_ text: String) throws(Failure) -> [TaskRange] {
    var ranges: [TaskRange] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      ranges.append(try range(part, in: text))
      guard ranges.count <= rangesLimit else { throw Failure(.usage, "--tasks: more than \(rangesLimit) ranges") }
    }
    return ranges
  }

  private static func range(_ part: Substring, in text: String) throws(Failure) -> TaskRange {
    func wrong(_ what: String) -> Failure {
      Failure(.usage, "--tasks \"\(text)\": \(what) (expected task numbers and frames, as 1,3-5,f10-f20)")
    }
    var rest = part.drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    let isFrames = rest.first == "f"
    if isFrames { rest.removeFirst() }
    guard isFrames || rest.first != "-", let first = FrameSyntax.number(&rest) else {
      throw wrong(part.isEmpty ? "something is missing between the commas" : "\"\(part)\" is no task")
    }
    var last = first
    if rest.first == "-" {
      rest.removeFirst()
      let marked = rest.first == "f"
      if marked { rest.removeFirst() }
      guard !marked || isFrames else { throw wrong("\"\(part)\" goes from a task to a frame") }
      guard isFrames || rest.first != "-", let value = FrameSyntax.number(&rest) else { throw wrong("\"\(part)\" has no end") }
      last = value
    }
    guard rest.isEmpty else { throw wrong("\"\(part)\" is no task") }
    guard last >= first else { throw wrong("\"\(part)\" ends before it begins") }
    return TaskRange(first: first, last: last, isFrames: isFrames)
  }
}
