import Model

/// The names of all jobs: unique, by a number appended to one that is taken (reference/afanasy.md section 4.1).
struct JobNames: Sendable {
  private var jobs: [String: JobID] = [:]
  /// For a name that was taken before: the number to try next, so that the thousandth job of a name costs as little as the second.
  private var numbers: [String: Int] = [:]

  subscript(name: String) -> JobID? { jobs[name] }

  mutating func take(_ name: String, for job: JobID) -> String {
    let (unique, number) = next(name)
    if let number { numbers[name] = number + 1 }
    jobs[unique] = job
    return unique
  }

  /// The name that `take` would give.
  func unique(_ name: String) -> String { next(name).name }

  private func next(_ name: String) -> (name: String, number: Int?) {
    if jobs[name] == nil { return (name, nil) }
    var number = numbers[name] ?? 1
    while jobs["\(name)-\(number)"] != nil { number += 1 }
    return ("\(name)-\(number)", number)
  }

  mutating func release(_ name: String) {
    jobs[name] = nil
    numbers[name] = nil
  }
}
