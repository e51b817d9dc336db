import Model

/// Frames on the command line: `A-B[/CHUNK][xSTEP]`, where a single number is one frame, and numbers may be negative.
enum FrameSyntax {
  /// - Throws: `Failure(.usage)`.
  static func parse(_ text: String) throws(Failure) -> Frames {
    func wrong(_ what: String) -> Failure {
      Failure(.usage, "--frames \"\(text)\": \(what) (expected A-B, A-B/CHUNK, A-BxSTEP or A-B/CHUNKxSTEP, as 1-100/10x2)")
    }
    var rest = Substring(text)
    guard let first = number(&rest) else { throw wrong("it does not begin with a frame") }
    var last = first
    if rest.first == "-" {
      rest.removeFirst()
      guard let value = number(&rest) else { throw wrong("the last frame is missing") }
      last = value
    }
    var chunk: Int64?
    var step: Int64?
    while let mark = rest.first {
      rest.removeFirst()
      switch mark {
      case "/" where chunk == nil:
        guard let value = number(&rest), value >= 1 else { throw wrong("the frames in one task must be 1 or more") }
        chunk = value
      case "x" where step == nil:
        guard let value = number(&rest), value >= 1 else { throw wrong("the step must be 1 or more") }
        step = value
      default: throw wrong("\"\(mark)\" is not expected there")
      }
    }
    guard last >= first else { throw wrong("the last frame \(last) is before the first") }
    let frames = Frames(first: first, last: last, perTask: chunk ?? 1, increment: step ?? 1)
    guard frames.taskCount <= Limits.tasksPerBlock else {
      throw wrong("\(frames.taskCount) tasks, a block has at most \(Limits.tasksPerBlock)")
    }
    return frames
  }

  /// Takes a whole number, with a sign or without, off the front; nil when there is none within a billion.
  static func number(_ rest: inout Substring) -> Int64? {
    let sign = rest.first == "-" ? 1 : 0
    let digits = rest.dropFirst(sign).prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, let value = Int64(rest.prefix(sign) + digits), abs(value) <= 1_000_000_000 else { return nil }
    rest = rest[digits.endIndex...]
    return value
  }
}
