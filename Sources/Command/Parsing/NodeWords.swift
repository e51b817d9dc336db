import Model

/// Words behind `pool`, `branch`, `user` and `render`: a name to look at, or `create` or `delete` and names.
enum NodeWords: Hashable {
  case show(String)
  case order(NodeOrder)

  /// A node that is called `delete` is shown by that word alone.
  ///
  /// - Parameter canCreate: false: this kind comes by itself.
  /// - Throws: `Failure(.usage)`.
  static func parse(_ words: [String], _ kind: NodeOrder.Kind, canCreate: Bool) throws(Failure) -> NodeWords {
    guard let first = words.first else { throw Failure(.usage, "nothing is named") }
    guard words.allSatisfy({ !$0.isEmpty }) else { throw Failure(.usage, "an empty text names nothing") }
    if words.count == 1 { return .show(first) }
    switch first {
    case "create" where canCreate: return .order(NodeOrder(kind: kind, names: Array(words.dropFirst()), creates: true))
    case "delete": return .order(NodeOrder(kind: kind, names: Array(words.dropFirst()), creates: false))
    default:
      let orders = canCreate ? "create or delete" : "delete"
      throw Failure(.usage, "more than one name (to look at one name it alone; otherwise begin with \(orders))")
    }
  }
}

extension NodeOrder {
  /// Asks before something is removed, has it done, and says what came of it.
  func carryOut(yes: Bool, _ kind: String, _ call: Call) async throws -> Int32 {
    if !creates { try Confirmation.requireTerminal(yes: yes, call) }
    return try await Farm.with(call) { farm in
      if !creates, !yes {
        guard try Confirmation.ask(Confirmation.question("Delete", nodes: names.map { "\(kind) \($0)" }), call) else {
          throw Failure(.failed, "nothing was deleted")
        }
      }
      let outcomes = try await farm.order(self)
      if call.wantsJSON { call.show(NodePresentation.json(outcomes)) }
      return try call.conclude(outcomes.map { ($0.isDone, $0.isPermitted, NodePresentation.line($0)) })
    }
  }
}
