/// Where a task stands. Exactly one at a time; `TaskFlags` says more.
public enum TaskPhase: UInt8, Sendable, CaseIterable {
  /// Can be started.
  case ready = 0
  /// Waits for other tasks or blocks (WDP).
  case waitingDependency = 1
  case running = 2
  /// Was running when the server went down; its render has not come back yet (WRC).
  case waitingReconnect = 3
  case done = 4
  /// Not run, counts as done (SKP DON).
  case skipped = 5
  case error = 6
  /// Failed, will be tried again by itself (RDY RER).
  case errorReady = 7
  case suspended = 8

  /// Whether nothing more will happen to it by itself and dependents may go on.
  public var isFinished: Bool { self == .done || self == .skipped }
  public var isOut: Bool { self == .running || self == .waitingReconnect }
  public var isWaiting: Bool { self == .ready || self == .errorReady || self == .waitingDependency }
}

/// What else is known of a task (reference/afanasy.md section 2.1).
public struct TaskFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let warning = TaskFlags(rawValue: 1)
  public static let parserError = TaskFlags(rawValue: 2)
  public static let parserBadResult = TaskFlags(rawValue: 4)
  public static let parserSuccess = TaskFlags(rawValue: 8)
  public static let failedPost = TaskFlags(rawValue: 16)
  public static let badFiles = TaskFlags(rawValue: 32)
  public static let parserFatal = TaskFlags(rawValue: 64)
  public static let tryNext = TaskFlags(rawValue: 128)
}

/// Afanasy's state bits of tasks, blocks and jobs (section 2.1), as they stand in `st` and, as tokens, in `state`.
public struct StateBits: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public static let ready = StateBits(rawValue: 1 << 0)
  public static let running = StateBits(rawValue: 1 << 1)
  public static let waitDependency = StateBits(rawValue: 1 << 2)
  public static let waitTime = StateBits(rawValue: 1 << 3)
  public static let done = StateBits(rawValue: 1 << 4)
  public static let error = StateBits(rawValue: 1 << 5)
  public static let skipped = StateBits(rawValue: 1 << 8)
  public static let offline = StateBits(rawValue: 1 << 9)
  public static let warning = StateBits(rawValue: 1 << 10)
  public static let parserError = StateBits(rawValue: 1 << 11)
  public static let parserBadResult = StateBits(rawValue: 1 << 12)
  public static let parserSuccess = StateBits(rawValue: 1 << 13)
  public static let failedPost = StateBits(rawValue: 1 << 14)
  public static let badFiles = StateBits(rawValue: 1 << 15)
  public static let previewApproval = StateBits(rawValue: 1 << 16)
  public static let errorReady = StateBits(rawValue: 1 << 17)
  public static let waitReconnect = StateBits(rawValue: 1 << 18)
  public static let tryNext = StateBits(rawValue: 1 << 19)
  public static let suspended = StateBits(rawValue: 1 << 20)
  public static let parserFatal = StateBits(rawValue: 1 << 21)

  /// The bits with Afanasy's three letters, in bit order. FPO, BRF and PFE have none in Afanasy's JSON (its fault); here they do.
  public static let tokens: [(StateBits, String)] = [
    (.ready, "RDY"), (.running, "RUN"), (.waitDependency, "WDP"), (.waitTime, "WTM"), (.done, "DON"), (.error, "ERR"),
    (.skipped, "SKP"), (.offline, "OFF"), (.warning, "WRN"), (.parserError, "PER"), (.parserBadResult, "PBR"),
    (.parserSuccess, "PSC"), (.failedPost, "FPO"), (.badFiles, "BRF"), (.previewApproval, "PPA"), (.errorReady, "RER"),
    (.waitReconnect, "WRC"), (.tryNext, "TRY"), (.suspended, "SUS"), (.parserFatal, "PFE"),
  ]

  /// Space-separated tokens, e.g. `RDY RUN`.
  public var text: String {
    Self.tokens.lazy.filter { contains($0.0) }.map(\.1).joined(separator: " ")
  }

  /// The bits of a token, whatever its case; nil for none of Afanasy's.
  public init?(token: some StringProtocol) {
    let upper = token.uppercased()
    guard let found = Self.tokens.first(where: { $0.1 == upper }) else { return nil }
    self = found.0
  }

  public init(_ phase: TaskPhase, _ flags: TaskFlags) {
    var bits: StateBits
    switch phase {
    case .ready: bits = .ready
    case .waitingDependency: bits = .waitDependency
    case .running: bits = .running
    case .waitingReconnect: bits = .waitReconnect
    case .done: bits = .done
    case .skipped: bits = [.done, .skipped]
    case .error: bits = .error
    case .errorReady: bits = [.ready, .errorReady]
    case .suspended: bits = .suspended
    }
    if flags.contains(.warning) { bits.insert(.warning) }
    if flags.contains(.parserError) { bits.insert(.parserError) }
    if flags.contains(.parserBadResult) { bits.insert(.parserBadResult) }
    if flags.contains(.parserSuccess) { bits.insert(.parserSuccess) }
    if flags.contains(.failedPost) { bits.insert(.failedPost) }
    if flags.contains(.badFiles) { bits.insert(.badFiles) }
    if flags.contains(.parserFatal) { bits.insert(.parserFatal) }
    if flags.contains(.tryNext) { bits.insert(.tryNext) }
    self = bits
  }
}

/// One letter of a progress bar or grid (section 2.4). The raw value is Afanasy's letter; the order of the cases is the order of
/// importance, least first: a cell that stands for many tasks shows the most important one.
public enum StateLetter: UInt8, CaseIterable, Comparable, Sendable {
  case nothing, done, suspended, skipped, doneWarning, ready, tryNext, waitDependency, running, runningWarning, errorReady,
    error, waitReconnect

  public var letter: Character {
    switch self {
    case .nothing: " "
    case .done: "D"
    case .suspended: "U"
    case .skipped: "S"
    case .doneWarning: "G"
    case .ready: "r"
    case .tryNext: "T"
    case .waitDependency: "W"
    case .running: "R"
    case .runningWarning: "N"
    case .errorReady: "Y"
    case .error: "E"
    case .waitReconnect: "C"
    }
  }

  public init?(letter: Character) {
    guard let found = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
    self = found
  }

  public init(_ phase: TaskPhase, _ flags: TaskFlags) {
    switch phase {
    case .ready: self = flags.contains(.tryNext) ? .tryNext : .ready
    case .waitingDependency: self = .waitDependency
    case .running: self = flags.contains(.warning) ? .runningWarning : .running
    case .waitingReconnect: self = .waitReconnect
    case .done: self = flags.contains(.warning) ? .doneWarning : .done
    case .skipped: self = .skipped
    case .error: self = .error
    case .errorReady: self = .errorReady
    case .suspended: self = .suspended
    }
  }

  public static func < (a: StateLetter, b: StateLetter) -> Bool { a.rawValue < b.rawValue }
}
