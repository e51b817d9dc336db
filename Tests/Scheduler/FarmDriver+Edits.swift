import Model

@testable import Scheduler

extension FarmDriver {
  private static let request = RequestID(connection: ConnectionID(0), number: 1_000_000)

  @discardableResult
  mutating func edit(_ target: EditTarget, _ changes: (String, JSONValue)...) -> [NodeOutcome] {
    let edit = Edit(target: target, changes: changes.map { Edit.Change(key: $0.0, value: $0.1) })
    apply(.edit(edit, by: actor, request: Self.request))
    switch answer {
    case .edited(let outcomes, _): return outcomes
    case .failed(let failure): return [NodeOutcome(node: "", isDone: false, message: failure.message)]
    default: return []
    }
  }

  @discardableResult
  mutating func edit(_ job: JobID, _ key: String, _ value: JSONValue) -> NodeOutcome? {
    edit(.jobs(.ids([job])), (key, value)).first
  }

  @discardableResult
  mutating func edit(_ job: JobID, block: Int, _ key: String, _ value: JSONValue) -> NodeOutcome? {
    edit(.blocks(.ids([job]), .index(BlockIndex(block))), (key, value)).first
  }

  @discardableResult
  mutating func add(_ addition: Addition, to job: JobID) -> Answer? {
    apply(.add(addition, to: .ids([job]), by: actor, request: Self.request))
    return answer
  }

  /// Says something in the root pool.
  mutating func setPool(_ key: String, _ value: JSONValue) { edit(.pools(.names(["/"])), (key, value)) }

  /// Signs of life of all renders that are connected, and then time.
  mutating func live(_ span: Span) -> [Effect] {
    var effects: [Effect] = []
    let end = now + span
    while now < end {
      effects += advance(min(.seconds(5), end - now))
      for id in farm.renderIDs() where farm.render(id)?.state.contains(.online) == true { effects += apply(.renderAlive(id, nil)) }
    }
    return effects
  }
}
