import Model
import Scheduler
import Wire

/// An order on the rows of a selection that is under way: some of them a time, so that the farm goes on meanwhile.
struct SelectedOrder {
  let request: RequestID
  let person: Actor
  let rows: SelectedRows
  let order: WireOrderSelected.OneOf_Order
  /// Rows that it was given to already.
  var next = 0
  var done = 0
  var refused: [NodeOutcome] = []
  /// Refusals beyond those that are told one by one.
  var moreRefused = 0

  /// Rows of one slice.
  static let step = 500
  /// Refusals that are told one by one.
  static let mostTold = 1000

  var isComplete: Bool { next >= rows.count }

  /// The next rows' commands; they count as given then.
  mutating func slice(_ farm: Farm) throws(Failure) -> [Command] {
    let range = next..<min(rows.count, next + Self.step)
    next = range.upperBound
    switch try Question(try order.naming(rows.part(range))) {
    case .operate(let operation): return [.operate(operation, by: person, request: request)]
    case .operateRenders(let kind, let names): return [.operateRenders(kind, names: names, by: person, request: request)]
    case .edit(let edit): return try ListEdits.expand(edit, farm).map { .edit($0, by: person, request: request) }
    case .order(let order): return [.order(order, by: person, request: request)]
    default: throw Failure(.usage, "this is no order")
    }
  }

  mutating func take(_ answer: Answer) {
    switch answer {
    case .operated(let outcomes):
      for one in outcomes { count(NodeOutcome(node: "job \(one.job)", isDone: one.isDone, message: one.message)) }
    case .rendersOperated(let outcomes):
      for one in outcomes { count(NodeOutcome(node: "render \(one.name)", isDone: one.isDone, message: one.message)) }
    case .edited(let outcomes): for one in outcomes { count(one) }
    // Nothing of the slice was done: all of it was gone, say.
    case .failed(let failure): count(NodeOutcome(node: "some", isDone: false, message: failure.message))
    case .submitted, .added: break
    }
  }

  private mutating func count(_ outcome: NodeOutcome) {
    if outcome.isDone {
      done += 1
    } else if refused.count < Self.mostTold {
      refused.append(outcome)
    } else {
      moreRefused += 1
    }
  }

  var answer: Answer {
    var outcomes: [NodeOutcome] = []
    if done > 0 { outcomes.append(NodeOutcome(node: rows.words(done), isDone: true, message: "done")) }
    outcomes += refused
    if moreRefused > 0 {
      outcomes.append(NodeOutcome(node: rows.words(moreRefused), isDone: false, message: "likewise not done"))
    }
    return .edited(outcomes)
  }
}

extension FarmActor {
  func select(_ session: Session, _ number: UInt64, _ topic: RowsTopic) {
    let rows = topic.rows(farm)
    guard rows.count > 0 else { return answer(session, number, .failure(Failure(.notFound, "no row matches"))) }
    guard rows.count <= Limits.selectedRows else {
      let text = "\(rows.words(rows.count)) match; an order takes \(Limits.selectedRows) at most (narrow the filter)"
      return answer(session, number, .failure(Failure(.failed, text)))
    }
    let selection = selections.keep(rows, of: session.id)
    answer(session, number, .selected(selection, count: rows.count, first: rows.first(6, farm)))
  }

  func order(_ session: Session, _ number: UInt64, selected selection: UInt64, _ order: WireOrderSelected.OneOf_Order) {
    if isRefusedByStore(session, number) { return }
    guard let rows = selections.take(selection, of: session.id) else {
      return answer(
        session, number, .failure(Failure(.failed, "what was selected is not known any more (give the order again)")))
    }
    // A fault in the order itself is told before anything is done.
    do throws(Failure) { _ = try Question(try order.naming(rows.part(0..<1))) } catch {
      return answer(session, number, .failure(error))
    }
    selectedOrders.append(
      SelectedOrder(
        request: RequestID(connection: session.id, number: number), person: session.person, rows: rows, order: order))
  }

  /// Orders on many rows are carried out in slices, with other mails in between.
  func continueSelectedOrders() {
    guard !selectedOrders.isEmpty else { return }
    var open: [SelectedOrder] = []
    for var order in selectedOrders {
      do throws(Failure) {
        for command in try order.slice(farm) {
          for answer in applyKeepingAnswers(command, of: order.request) { order.take(answer) }
        }
      } catch { order.take(.failed(error)) }
      if order.isComplete {
        effects.append(.answer(order.request, order.answer))
        route()
      } else {
        open.append(order)
      }
    }
    selectedOrders = open
  }

  /// Applies a command whose answer is only a part of what its request is answered.
  func applyKeepingAnswers(_ command: Command, of request: RequestID) -> [Answer] {
    farm.apply(command, at: now, into: &effects)
    if !effects.isEmpty { farmVersion &+= 1 }
    if commits.isRecorded { noteForRecorder(command) }
    var answers: [Answer] = []
    effects.removeAll { effect in
      guard case .answer(request, let answer) = effect else { return false }
      answers.append(answer)
      return true
    }
    route()
    return answers
  }
}
