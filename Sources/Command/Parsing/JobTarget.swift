import ArgumentParser
import Model

/// Which job is meant: its number or name, or `--mask`.
struct JobTarget: ParsableArguments {
  @Argument(help: ArgumentHelp("The job's number or name.", valueName: "job"))
  var job: String?

  @Option(help: ArgumentHelp("The jobs whose whole name this regular expression matches, instead.", valueName: "re"))
  var mask: String?

  func selection() throws(Failure) -> JobSelection {
    switch (job, mask) {
    case (let job?, nil): try JobTarget.selection(job)
    case (nil, let mask?): try JobTarget.selection(mask: mask)
    case (nil, nil): throw Failure(.usage, "no job is named (give its number or its name, or --mask)")
    case (_?, _?): throw Failure(.usage, "a job and --mask exclude each other")
    }
  }

  /// A job whose name is a number is meant by its number.
  static func selection(_ text: String) throws(Failure) -> JobSelection {
    guard !text.isEmpty else { throw Failure(.usage, "an empty text names no job") }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return .name(text) }
    guard let number = UInt32(text) else { throw Failure(.notFound, "no job has the number \(text)") }
    return .ids([JobID(number)])
  }

  static func selection(mask: String) throws(Failure) -> JobSelection {
    guard !mask.isEmpty else { throw Failure(.usage, "--mask: expected a regular expression, found nothing") }
    do { _ = try Pattern(mask) } catch { throw Failure(.usage, "--mask: \(error)") }
    return .mask(mask)
  }
}

/// Which jobs are meant: numbers and names, or `--mask`.
struct JobTargets: ParsableArguments {
  @Argument(help: ArgumentHelp("Jobs by number or name.", valueName: "job"))
  var jobs: [String] = []

  @Option(help: ArgumentHelp("The jobs whose whole name this regular expression matches, instead.", valueName: "re"))
  var mask: String?

  /// One selection for all numbers together, and one for each name.
  func selections() throws(Failure) -> [JobSelection] { try Self.selections(jobs, mask: mask) }

  static func selections(_ jobs: [String], mask: String?) throws(Failure) -> [JobSelection] {
    if let mask {
      guard jobs.isEmpty else { throw Failure(.usage, "jobs and --mask exclude each other") }
      return [try JobTarget.selection(mask: mask)]
    }
    guard !jobs.isEmpty else { throw Failure(.usage, "no job is named (give numbers or names, or --mask)") }
    var numbers: [JobID] = []
    var names: [JobSelection] = []
    for job in jobs {
      switch try JobTarget.selection(job) {
      case .ids(let ids): numbers += ids.filter { !numbers.contains($0) }
      case let other: if !names.contains(other) { names.append(other) }
      }
    }
    return (numbers.isEmpty ? [] : [.ids(numbers)]) + names
  }
}
