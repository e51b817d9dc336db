/// One condition of a list's filter, as `prio>50`, `!user:anna` or `host~r0[1-9]`. All of a filter's conditions hold together.
public struct FilterTerm: Hashable, Sendable {
  public enum Comparison: UInt8, Hashable, Sendable, CaseIterable {
    /// The field is one of the values; a state has one of the bits.
    case equal = 0
    /// The value is a regular expression, found anywhere in the field.
    case found = 1
    case less = 2
    case lessOrEqual = 3
    case greater = 4
    case greaterOrEqual = 5
  }

  /// The name of a `JobField` or a `RenderField`.
  public var field: String
  public var comparison: Comparison
  /// At least one; several only for `equal`. Of states: their bits as a decimal number.
  public var values: [String]
  /// Whether rows for which it does not hold are shown.
  public var isInverted: Bool

  public init(field: String, comparison: Comparison, values: [String], isInverted: Bool = false) {
    self.field = field
    self.comparison = comparison
    self.values = values
    self.isInverted = isInverted
  }

  /// Conditions of one filter.
  public static let most = 32
  /// Values of one condition.
  public static let mostValues = 100
}

/// What a field holds.
public enum FilterKind: Sendable {
  case number, text, states
}

/// What the rows of a list can be filtered by.
public protocol FilterField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  var kind: FilterKind { get }
  /// Other names that people type.
  static var aliases: [String: Self] { get }
}

extension FilterField {
  public static func named(_ name: String) -> Self? { Self(rawValue: name) ?? aliases[name] }
  /// For messages.
  public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

public enum JobField: String, FilterField {
  case id, name, user, state, priority, percent, running, ready, waiting, done, skipped, errors, tasks, blocks, annotation
  /// Of the renders that it runs on.
  case host

  public var kind: FilterKind {
    switch self {
    case .name, .user, .annotation, .host: .text
    case .state: .states
    default: .number
    }
  }

  public static let aliases: [String: JobField] = [
    "prio": .priority, "pri": .priority, "err": .errors, "error": .errors, "run": .running, "render": .host, "pct": .percent,
  ]
}

public enum RenderField: String, FilterField {
  case name, user, state, priority, capacity, used, tasks, cores, cpu, load, memory, gpu, os, version, address

  public var kind: FilterKind {
    switch self {
    case .name, .user, .os, .version, .address: .text
    case .state: .states
    default: .number
    }
  }

  public static let aliases: [String: RenderField] = [
    "host": .name, "render": .name, "prio": .priority, "pri": .priority, "mem": .memory, "running": .tasks, "ip": .address,
  ]
}

/// Tasks of a job.
public enum TaskField: String, FilterField {
  case state
  public var kind: FilterKind { .states }
  public static let aliases: [String: TaskField] = [:]
}
