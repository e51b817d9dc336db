import Model
import Simulation

@testable import Scheduler

extension FarmDriver {
  /// Takes back an order.
  @discardableResult
  mutating func undo(_ number: UInt64? = nil, by actor: Actor? = nil) -> UndoOutcome? {
    apply(.undo(number, by: actor ?? self.actor, request: RequestID(connection: ConnectionID(0), number: 1_000_001)))
    guard case .undone(let outcome) = answer else { return nil }
    return outcome
  }

  /// What the last answer says of taking it back.
  var offer: UndoOffer? {
    switch answer {
    case .operated(_, let undo), .rendersOperated(_, let undo), .edited(_, let undo): undo
    default: nil
    }
  }

  var failure: Failure? { if case .failed(let failure) = answer { failure } else { nil } }

  /// What does not hold of the farm's books and of what its store would give back.
  var faults: [String] { farm.audit(at: now, against: store.snapshot, isThorough: true) }
}
