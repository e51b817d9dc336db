import Model

/// The frames of a task, as its output is measured by them.
struct TaskFrames: Hashable, Sendable {
  var first: Int64
  /// 1 or more.
  var increment: Int64
  /// 1 or more.
  var count: Int64
  /// How many times the program goes through each frame (`parser_coeff`), 1 or more.
  var passes: Int64

  /// Numbers beyond what a block may have become the largest: no arithmetic on them overflows.
  init(first: Int64 = 0, increment: Int64 = 1, count: Int64 = 1, passes: Int64 = 1) {
    self.first = max(-(1 << 32), min(first, 1 << 32))
    self.increment = max(1, min(increment, 1 << 30))
    self.count = max(1, min(count, 1 << 32))
    self.passes = max(1, min(passes, 1 << 20))
  }
}

/// Reads a task's output line by line: progress, marks and verdicts.
///
/// `percent` is that of the whole task, or `(100 · frame + percent of the frame) / frames` as in Afanasy. The lines `ACTIVITY: text`,
/// `REPORT: text` and `PROGRESS: NN%` are understood whatever the rules are.
struct OutputParser {
  /// What ends a task before its process does.
  enum Verdict: Hashable, Sendable {
    case error(String)
    case fatalError(String)
    case success(String)
  }

  private let rules: [ParserRule]
  private let frames: TaskFrames
  private var lines = LineSplitter()
  /// Counts passes, as many as `frameTotal`.
  private var frameIndex: Int64 = 0
  /// The number that the program called last, which of its passes that is, and whether it was done.
  private var lastNumber: (frame: Double, pass: Int64, isDone: Bool)?
  private var framePercent: Int64 = 0
  private var frameTotal: Int64
  private var total: Double = 0

  private(set) var progress = RunProgress()
  /// The first that was found; nothing after it is read.
  private(set) var verdict: Verdict?
  /// The line that makes the result a bad one.
  private(set) var badResult: String?

  init(rules: [ParserRule], frames: TaskFrames) {
    self.rules = rules
    self.frames = frames
    frameTotal = frames.count * frames.passes
  }

  mutating func feed(_ bytes: some Sequence<UInt8>) {
    var splitter = lines
    splitter.feed(bytes) { read($0) }
    lines = splitter
  }

  /// The output is at its end.
  mutating func finish() {
    var splitter = lines
    splitter.end { read($0) }
    lines = splitter
  }

  /// Part of the output was cut before it could be read.
  mutating func skip() { lines.skip() }

  // MARK: - A line

  private mutating func read(_ line: String) {
    guard verdict == nil else { return }
    if readMark(line) { return }
    for rule in rules where rule.kind == .ignore {
      if rule.pattern.isFound(in: line) { return }
    }
    for rule in rules where rule.kind != .ignore {
      if rule.kind.groups.upperBound == 9 {
        if rule.pattern.isFound(in: line) { take(rule.kind, line) }
      } else if let match = rule.pattern.firstMatch(in: line) {
        take(rule.kind, match)
      }
      if verdict != nil { return }
    }
  }

  private mutating func readMark(_ line: String) -> Bool {
    if let text = line.after("ACTIVITY: ") {
      progress.activity = Self.short(text)
    } else if let text = line.after("REPORT: ") {
      progress.report = Self.short(text)
    } else if let text = line.after("PROGRESS: ") {
      guard let percent = Self.number(text.prefix { $0 != "%" && $0 != " " }) else { return false }
      progress.percent = Self.percent(percent)
    } else {
      return false
    }
    return true
  }

  private mutating func take(_ kind: ParserRule.Kind, _ line: String) {
    let line = Self.short(line[...])
    switch kind {
    case .warning: progress.hasWarning = true
    case .error: verdict = .error(line)
    case .fatalError: verdict = .fatalError(line)
    case .success: verdict = .success(line)
    case .badResult: if badResult == nil { badResult = line }
    case .frameDone:
      framePercent = 100
      lastNumber?.isDone = true
      measure()
    default: break
    }
  }

  private mutating func take(_ kind: ParserRule.Kind, _ match: Pattern.Match) {
    func capture(_ number: Int) -> Substring? { number < match.captures.count ? match.captures[number] : nil }
    switch kind {
    case .activity: progress.activity = Self.short(capture(1) ?? match.text)
    case .report: progress.report = Self.short(capture(1) ?? match.text)
    default: break
    }
    guard let first = capture(1).flatMap(Self.number) else { return }
    let second = capture(2).flatMap(Self.number)
    switch kind {
    case .percent: progress.percent = Self.percent(Self.share(first, second))
    case .framePercent:
      framePercent = Int64(Self.percent(Self.share(first, second)))
      measure()
    case .frame:
      var pass: Int64 = 0
      if let last = lastNumber, last.frame == first {
        // Many programs say it in every line.
        guard last.isDone, last.pass + 1 < frames.passes else { return }
        pass = last.pass + 1
      }
      lastNumber = (first, pass, false)
      let index = (Self.integer(first) - frames.first) / frames.increment
      begin(index: max(0, min(frames.count, index)) * frames.passes + pass)
    case .frameOrdinal:
      if let second, second >= 1 { frameTotal = Self.integer(second) }
      begin(index: Self.integer(first) - 1)
    case .framesDone:
      guard frameTotal > 1 else { return }
      begin(index: min(Self.integer(first), frameTotal))
    case .total: total = first
    case .position: if total > 0 { progress.percent = Self.percent(first * 100 / total) }
    default: break
    }
  }

  private mutating func begin(index: Int64) {
    frameIndex = max(0, min(frameTotal, index))
    framePercent = 0
    let index = min(frameIndex, frameTotal - 1)
    // Frames that only the program itself knows of are counted from 1.
    progress.frame = Int32(clamping: isOwnCount ? index + 1 : frames.first &+ index / frames.passes &* frames.increment)
    measure()
  }

  /// The program has said itself how many frames there are.
  private var isOwnCount: Bool { frameTotal != frames.count * frames.passes }

  private mutating func measure() {
    progress.percent = Int32(max(0, min(100, (100 * frameIndex + framePercent) / frameTotal)))
    let passes = isOwnCount ? 1 : frames.passes
    progress.framePercent =
      frameIndex == frameTotal ? 100 : Int32(max(0, min(100, (100 * (frameIndex % passes) + framePercent) / passes)))
  }

  // MARK: - Values

  private static func share(_ part: Double, _ whole: Double?) -> Double {
    guard let whole else { return part }
    return whole > 0 ? part * 100 / whole : 0
  }

  private static func percent(_ value: Double) -> Int32 { Int32(max(0, min(100, value))) }

  /// Bounded so that no arithmetic on it can overflow.
  private static func integer(_ value: Double) -> Int64 { Int64(max(-1e9, min(1e9, value))) }

  /// A number, or a time as `HH:MM:SS.ss` in seconds.
  static func number(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    var value = 0.0
    for part in parts {
      guard let number = Double(String(part.drop { $0 == " " })), number.isFinite else { return nil }
      value = value * 60 + number
    }
    return value
  }

  /// At most 256 scalars, without the spaces around.
  private static func short(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text.beginning(256)
  }
}

extension String {
  fileprivate func after(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
