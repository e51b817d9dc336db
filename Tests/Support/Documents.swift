import Foundation

extension TestFarm {
  /// What `reeve --json` prints, read: objects as dictionaries, lists as arrays.
  public func json(_ arguments: [String], limit: Double = 300) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(mustReeve(arguments + ["--json"], limit: limit).utf8))
  }

  /// The rows of a list: what the only key of the document holds.
  public func rows(_ arguments: [String]) throws -> [[String: Any]] {
    guard let document = try json(arguments) as? [String: Any], document.count == 1,
      let rows = document.values.first as? [[String: Any]]
    else { throw NotObserved("reeve \(arguments.joined(separator: " ")) --json: no list") }
    return rows
  }

  /// The node of a document about one: what its only key holds.
  public func node(_ arguments: [String]) throws -> [String: Any] {
    guard let document = try json(arguments) as? [String: Any], document.count == 1,
      let node = document.values.first as? [String: Any]
    else { throw NotObserved("reeve \(arguments.joined(separator: " ")) --json: no object") }
    return node
  }

  /// The states of a job's tasks, in their order: `["DON", "RUN"]`.
  public func states(_ job: String) throws -> [String] { try rows(["tasks", job]).compactMap { $0["state"] as? String } }

  /// Submits a document and returns the job's number.
  @discardableResult
  public func submit(_ document: String) throws -> String { try mustReeve(["submit", "-"], input: document) }
}

/// The first place where two documents differ, as `jobs[2].blocks[0].capacity: 500, then 600`; nil where they are equal.
///
/// - Parameter ignoring: keys that are not compared, wherever they stand.
public func firstDifference(_ one: Any, _ other: Any, at path: String = "", ignoring: Set<String> = []) -> String? {
  switch (one, other) {
  case (let one as [String: Any], let other as [String: Any]):
    for key in Set(one.keys).union(other.keys).subtracting(ignoring).sorted() {
      let place = path.isEmpty ? key : "\(path).\(key)"
      guard let left = one[key] else { return "\(place): nothing, then \(other[key] ?? "")" }
      guard let right = other[key] else { return "\(place): \(left), then nothing" }
      if let found = firstDifference(left, right, at: place, ignoring: ignoring) { return found }
    }
    return nil
  case (let one as [Any], let other as [Any]):
    if one.count != other.count { return "\(path): \(one.count) elements, then \(other.count): \(one), then \(other)" }
    for (place, (left, right)) in zip(one, other).enumerated() {
      if let found = firstDifference(left, right, at: "\(path)[\(place)]", ignoring: ignoring) { return found }
    }
    return nil
  case (let one as NSObject, let other as NSObject): return one == other ? nil : "\(path): \(one), then \(other)"
  default: return "\(path): \(one), then \(other)"
  }
}
