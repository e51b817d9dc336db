import Model
import Scheduler
import Wire

/// The conditions of a list's filter, made ready to be asked of each row.
struct RowFilter<Field: FilterField>: Sendable, Hashable {
  private struct Condition: Sendable, Hashable {
    var field: Field
    var comparison: FilterTerm.Comparison
    var isInverted: Bool
    /// Of texts.
    var texts: Set<String> = []
    var pattern: Pattern?
    var numbers: [Double] = []
    /// Of states.
    var bits: UInt32 = 0
  }
  private var conditions: [Condition] = []

  init() {}

  /// - Throws: `Failure(.usage)` that names what cannot be understood.
  init(_ terms: [WireFilterTerm]) throws(Failure) {
    guard terms.count <= FilterTerm.most else { throw Failure(.usage, "a filter has at most \(FilterTerm.most) conditions") }
    for term in terms { conditions.append(try Self.condition(term)) }
  }

  private static func condition(_ term: WireFilterTerm) throws(Failure) -> Condition {
    guard let field = Field.named(term.field) else {
      throw Failure(.usage, "the server knows no field “\(term.field)” (there are: \(Field.names))")
    }
    guard let comparison = UInt8(exactly: term.comparison.rawValue).flatMap(FilterTerm.Comparison.init) else {
      throw Failure(.usage, "the server does not know how to compare \(field.rawValue) so (is the client newer?)")
    }
    guard let first = term.values.first, term.values.count <= FilterTerm.mostValues else {
      throw Failure(.usage, "\(field.rawValue) is compared with 1 to \(FilterTerm.mostValues) values")
    }
    var condition = Condition(field: field, comparison: comparison, isInverted: term.inverted)
    switch (field.kind, comparison) {
    case (.text, .equal): condition.texts = Set(term.values)
    case (.text, .found): condition.pattern = try Question.pattern(first)
    case (.text, _), (.states, .found), (.number, .found):
      throw Failure(.usage, "\(field.rawValue) cannot be compared so: texts take : and ~, numbers : < <= > >=")
    case (.states, _):
      for value in term.values {
        guard let bits = UInt32(value) else { throw Failure(.usage, "“\(value)” is no state") }
        condition.bits |= bits
      }
    case (.number, _):
      for value in term.values {
        guard let number = Double(value), number.isFinite else { throw Failure(.usage, "“\(value)” is no number") }
        condition.numbers.append(number)
      }
    }
    return condition
  }

  var isEmpty: Bool { conditions.isEmpty }

  /// Whether a row has all that is asked for. Fields are only looked up when they are asked for.
  func takes(number: (Field) -> Double, texts: (Field) -> [String], bits: UInt32) -> Bool {
    conditions.allSatisfy { condition in
      let holds: Bool
      switch condition.field.kind {
      case .states: holds = condition.bits & bits != 0
      case .text:
        let found = texts(condition.field)
        holds =
          condition.pattern.map { pattern in found.contains { pattern.isFound(in: $0) } }
          ?? found.contains { condition.texts.contains($0) }
      case .number:
        let value = number(condition.field)
        holds = condition.numbers.contains { other in
          switch condition.comparison {
          case .equal, .found: value == other
          case .less: value < other
          case .lessOrEqual: value <= other
          case .greater: value > other
          case .greaterOrEqual: value >= other
          }
        }
      }
      return holds != condition.isInverted
    }
  }
}

extension RowFilter<JobField> {
  /// Runs whose renders are looked at, of one job.
  private static var mostRuns: Int { 1000 }

  func takes(_ id: JobID, _ farm: Farm) -> Bool {
    if isEmpty { return true }
    guard let row = farm.job(id, withBar: false) else { return false }
    return takes(
      number: { field in
        switch field {
        case .id: Double(row.id.value)
        case .priority: Double(row.priority)
        case .percent: Double(row.counts.percent)
        case .running: Double(row.counts.running)
        case .ready: Double(row.counts.ready + row.counts.errorReady)
        case .waiting: Double(row.counts.waitingDependency)
        case .done: Double(row.counts.done)
        case .skipped: Double(row.counts.skipped)
        case .errors: Double(row.counts.error)
        case .tasks: Double(row.counts.total)
        case .blocks: Double(row.blockCount)
        case .name, .user, .state, .annotation, .host: 0
        }
      },
      texts: { field in
        switch field {
        case .name: [row.name]
        case .user: [row.user]
        case .annotation: [row.annotation]
        case .host:
          row.counts.running == 0
            ? [] : farm.tasks(of: id, block: nil, state: .running, after: nil, limit: Self.mostRuns).rows.map(\.render)
        default: []
        }
      }, bits: row.state.rawValue)
  }
}

extension RowFilter<RenderField> {
  func takes(_ row: RenderSummary) -> Bool {
    if isEmpty { return true }
    return takes(
      number: { field in
        switch field {
        case .priority: Double(row.priority)
        case .capacity: Double(row.capacity)
        case .used: Double(row.capacityUsed)
        case .tasks: Double(row.running.count)
        case .cores: Double(row.resources.cpuCount)
        case .cpu: Double(row.resources.cpuPercent)
        case .load: Double(row.resources.loadHundredths.first ?? 0) / 100
        case .memory: Double(row.resources.memoryUsedPercent)
        case .gpu: Double(row.resources.gpuPercent)
        case .name, .user, .state, .os, .version, .address: 0
        }
      },
      texts: { field in
        switch field {
        case .name: [row.name]
        case .user: [row.user]
        case .os: [row.os]
        case .version: [row.version]
        case .address: [row.address]
        default: []
        }
      }, bits: row.state.rawValue)
  }
}
