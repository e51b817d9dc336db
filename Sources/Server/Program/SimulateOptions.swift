import ArgumentParser
import Glibc
import Model
import Simulation

/// `reeve-server --simulate`: no server, but whole farms under faults on a simulated clock, each from one seed.
struct SimulateOptions: ParsableArguments {
  @Flag(help: "Run no server: simulate whole farms under faults, and check that nothing is lost.")
  var simulate = false

  @Option(help: ArgumentHelp("With --simulate: the farm to run; the same number is the same farm.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("With --simulate: all farms from one number to another.", valueName: "a-b"))
  var seeds: SeedRange?

  @Option(help: ArgumentHelp("With --simulate: how long things go wrong, in simulated hours.", valueName: "h"))
  var hours: Double?

  @Option(help: ArgumentHelp("With --simulate --seed: only these of the planned faults; empty: none.", valueName: "n,n,..."))
  var faults: FaultList?

  struct SeedRange: ExpressibleByArgument {
    var range: ClosedRange<UInt64>
    init?(argument: String) {
      let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
      guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last else { return nil }
      range = first...last
    }
  }

  struct FaultList: ExpressibleByArgument {
    var numbers: Set<Int>
    init?(argument: String) {
      let parts = argument.split(separator: ",").map { Int($0) }
      guard parts.allSatisfy({ $0 != nil }) else { return nil }
      numbers = Set(parts.compactMap { $0 })
    }
  }

  func validate() throws {
    if simulate {
      if seed != nil, seeds != nil { throw ValidationError("--seed and --seeds: give one of them") }
      if let hours, !(hours > 0 && hours <= 10_000) { throw ValidationError("--hours: expected a number above 0, up to 10000") }
      if faults != nil, seed == nil { throw ValidationError("--faults: needs --seed, whose faults they are") }
    } else if seed != nil || seeds != nil || hours != nil || faults != nil {
      throw ValidationError("--seed, --seeds, --hours and --faults: only with --simulate")
    }
  }

  private static let traceLines = 60

  /// - Returns: the exit status.
  func run() -> Int32 {
    let range = seeds?.range ?? (seed ?? 1)...(seed ?? 1)
    let isTerminal = isatty(STDERR_FILENO) != 0
    let begun = Self.seconds()
    var sum = Sum()
    for seed in range {
      let simulation = Simulation(seed: seed, hours: hours ?? 1)
      let outcome = simulation.run(faults: faults?.numbers)
      sum.add(outcome)
      if let violation = outcome.violation {
        if isTerminal { Self.write("\r\u{1B}[K", to: STDERR_FILENO) }
        Self.write("seed \(seed): \(violation)\n", to: STDOUT_FILENO)
        tell(simulation, outcome)
      }
      let done = seed - range.lowerBound + 1
      let progress = "\(done) of \(range.count) farms, \(sum.failed) failed"
      if isTerminal, done.isMultiple(of: 10) {
        Self.write("\r\(progress)", to: STDERR_FILENO)
      } else if !isTerminal, range.count >= 1000, done.isMultiple(of: 500) {
        // Should the program itself be ended by what it found, it is known about where.
        Self.write("\(progress)\n", to: STDERR_FILENO)
      }
    }
    if isTerminal { Self.write("\r\u{1B}[K", to: STDERR_FILENO) }
    let took = Self.seconds() - begun
    let all =
      "\(range.count) \(range.count == 1 ? "farm" : "farms") of \(Self.short(hours ?? 1)) simulated hours with \(sum.faults) faults"
    let figures =
      "\(sum.steps) steps, \(sum.commands) commands, \(sum.tasks) tasks acknowledged, in \(Self.short((took * 10).rounded() / 10)) s"
    Self.write("\(all): \(sum.failed == 0 ? "all passed" : "\(sum.failed) FAILED"); \(figures)\n", to: STDOUT_FILENO)
    return sum.failed == 0 ? 0 : 1
  }

  /// Everything that it takes to look into a failure.
  private func tell(_ simulation: Simulation, _ outcome: Simulation.Outcome) {
    let small = simulation.shrink(outcome)
    let numbers = small.faults.map(\.number)
    let again = simulation.run(faults: Set(numbers), traceLines: Self.traceLines)
    var text = "  the fewest faults that fail too: \(again.violation ?? "none")\n"
    for fault in small.faults { text += "    \(fault)\n" }
    text += "  the last \(again.trace.count) lines of \(again.steps) steps:\n"
    for line in again.trace { text += "    \(line)\n" }
    let list = numbers.map(String.init).joined(separator: ",")
    text += "  again: reeve-server --simulate --seed \(simulation.seed) --hours \(Self.short(hours ?? 1)) --faults '\(list)'\n"
    Self.write(text, to: STDOUT_FILENO)
  }

  private struct Sum {
    var faults = 0
    var steps = 0
    var commands = 0
    var tasks = 0
    var failed = 0

    mutating func add(_ outcome: Simulation.Outcome) {
      faults += outcome.faults.count
      steps += outcome.steps
      commands += outcome.commands
      tasks += outcome.tasks
      if outcome.violation != nil { failed += 1 }
    }
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// `1`, `0.25`.
  private static func short(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }
}
