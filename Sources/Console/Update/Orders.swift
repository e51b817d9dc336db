import Model
import Wire

/// Whom an order is given to.
enum OrderScope: Hashable, Sendable {
  case rows(Target)
  /// All rows of a list, which the server finds.
  case matching(MatchingRows)

  var subject: String {
    switch self {
    case .rows(let target): target.subject
    case .matching(let rows): rows.subject
    }
  }
}

extension ConsoleModel {
  /// Why nothing can be ordered at all; nil: it can.
  var orderRefusal: String? {
    if options.isReadOnly { return "nothing can be changed: started with --read-only" }
    if !link.isConnected { return "nothing can be changed: no connection to the server" }
    return nil
  }

  /// Why an order cannot be given; nil: it can. The server decides in any case.
  ///
  /// - Parameter target: nil: all rows that match, whoever's they are.
  func refusal(of order: Order, _ target: Target? = nil) -> String? { orderRefusal ?? roleRefusal(of: order, target) }

  /// The order that a name means here.
  func order(named action: Action) -> Order? { orders.first { $0.action == action } }

  /// Gives an order to what is under the cursor or tagged.
  mutating func order(_ action: Action) -> [ConsoleEffect] {
    guard let order = order(named: action) else {
      say(orderRefusal ?? "\(action.rawValue) does nothing here: a shows what can be done", .bad)
      return []
    }
    guard let target = target(of: order) else {
      say(orderRefusal ?? "there is no row here to \(action.rawValue)", .bad)
      return []
    }
    return give(order, .rows(target))
  }

  /// Gives an order to the server, or asks first: about what has to be typed, what cannot be taken back, what hits many, and what
  /// is another's.
  mutating func give(_ order: Order, _ scope: OrderScope) -> [ConsoleEffect] {
    var target: Target?
    if case .rows(let rows) = scope { target = rows }
    if let refusal = refusal(of: order, target) {
      say(refusal, .bad)
      return []
    }
    switch order.deed {
    case .ask(let ask): return openField(order, ask, scope)
    case .parameters: return openParameters(order, scope)
    case .editor(let key): return openEditor(order, key, scope)
    default: return give(order, Self.deed(order.deed), scope)
    }
  }

  /// What is asked of the server, as far as it does not say of whom; nil: something has to be typed first.
  private static func deed(_ deed: Order.Deed) -> PendingOrder.Deed {
    switch deed {
    case .operation(let kind): .operation(kind, withDepends: false)
    case .withDepends(let kind): .operation(kind, withDepends: true)
    case .renders(let order): .renders(order)
    case .remove: .remove
    case .set(let key, let value): .edit([EditRequest.Change(key: key, value: value)])
    case .ask, .parameters, .editor: .edit([])
    }
  }

  /// The same with all that was to be typed.
  mutating func give(_ order: Order, _ deed: PendingOrder.Deed, _ scope: OrderScope) -> [ConsoleEffect] {
    switch scope {
    case .matching(let rows): return select(order, deed, rows)
    case .rows(let target):
      let pending = PendingOrder(deed: deed, nodes: target.nodes, subject: target.subject)
      guard order.isAskedFirst || target.count > 1 || !target.others.isEmpty else { return send(pending) }
      var lines = target.lines
      if case .edit(let changes) = deed { lines = changes.map(\.text) + lines }
      if !target.others.isEmpty {
        lines.append(
          target.count > 1
            ? "Some belong to \(target.others.joined(separator: ", "))." : "It belongs to \(target.others[0]), not to you.")
      }
      if let warning = order.warning { lines.append(warning) }
      overlay = .confirm(
        ConfirmOverlay(question: "\(order.verb) \(target.subject)?", lines: lines, verb: order.button, order: pending))
      return []
    }
  }

  mutating func confirmed(_ question: ConfirmOverlay) -> [ConsoleEffect] {
    overlay = nil
    if let refusal = orderRefusal {
      say(refusal, .bad)
      return []
    }
    if let command = question.command { return runCommand(command, isConfirmed: true) }
    return question.order.map { send($0) } ?? []
  }

  mutating func send(_ order: PendingOrder) -> [ConsoleEffect] {
    lastRequest += 1
    pending[lastRequest] = order
    say("\(order.word) \(order.subject)…")
    return [order.effect(lastRequest)]
  }

  // MARK: - Answers

  mutating func operated(_ request: RequestNumber, _ result: Result<[OperationOutcome], Failure>) {
    guard let order = pending.removeValue(forKey: request) else { return }
    if case .success(let outcomes) = result {
      for outcome in outcomes where outcome.isDone { tags.jobs[outcome.job] = nil }
      if case .tasks = order.nodes { tags.tasks = [:] }
    }
    answered(
      order,
      result.map {
        $0.map {
          RenderAnswer(name: $0.name.isEmpty ? "job \($0.job)" : "\($0.job) \($0.name)", isDone: $0.isDone, message: $0.message)
        }
      })
  }

  mutating func rendersOperated(_ request: RequestNumber, _ result: Result<[RenderAnswer], Failure>) {
    guard let order = pending.removeValue(forKey: request) else { return }
    if case .success(let answers) = result {
      let done = Set(answers.filter(\.isDone).map(\.name))
      tags.renders = tags.renders.filter { !done.contains($0.value.name) }
    }
    answered(order, result)
  }

  mutating func edited(_ request: RequestNumber, _ result: Result<[NodeOutcome], Failure>) {
    guard let order = pending.removeValue(forKey: request) else { return }
    if case .success(let outcomes) = result, outcomes.allSatisfy(\.isDone), let nodes = order.nodes { tags.remove(nodes) }
    answered(order, result.map { $0.map { RenderAnswer(name: $0.node, isDone: $0.isDone, message: $0.message) } })
  }

  /// Says what came of an order: in the status line, and row by row where some of many were refused.
  private mutating func answered(_ order: PendingOrder, _ result: Result<[RenderAnswer], Failure>) {
    let what = "\(order.word) \(order.subject)"
    switch result {
    case .failure(let failure): say("\(what): \(failure.message)", .bad)
    case .success(let answers):
      let refused = answers.filter { !$0.isDone }
      let done = answers.filter(\.isDone)
      guard let first = refused.first else {
        let message = order.isOfMatching ? "\(done.first?.name ?? "none") done" : done.count == 1 ? done[0].message : ""
        return say("\(what): \(message.isEmpty ? "done" : message)", .good)
      }
      guard answers.count > 1 else { return say("\(what): \(first.message)", .bad) }
      let count = order.isOfMatching ? "some were" : refused.count == 1 ? "1 was" : "\(refused.count) were"
      say("\(what): \(count) refused, the first \(first.name): \(first.message)", .bad)
      // Whoever reads something else now is not disturbed.
      guard overlay == nil, prompt == nil else { return }
      let words = order.isOfMatching ? done.first?.name ?? "none" : nil
      overlay = .answers(AnswersOverlay(title: what, done: done.count, doneWords: words, refused: refused))
    }
  }

  // MARK: - The menu

  mutating func openActions() {
    guard let first = orders.first else { return say("nothing can be done to rows here") }
    // The first order that hits something stands for the menu.
    guard let subject = orders.compactMap({ target(of: $0)?.subject }).first else { return say("there is no row here", .bad) }
    let scopes = scopes
    var entries = orders.map { order in
      let target = target(of: order)
      // What is hit stands above; an entry names it only if it hits something else.
      let title =
        target.flatMap { $0.subject == subject ? nil : "\(order.verb) \($0.subject)" } ?? order.title
      let key = keys.key(of: order.action, in: scopes)
      return MenuOverlay.Entry(
        title: title, key: key.isEmpty ? order.letter : key, choice: .order(order.kind, order.action),
        refusal: target == nil ? "there is no row here" : refusal(of: order, target))
    }
    if let rows = matchingRows(first.kind) {
      entries.append(
        MenuOverlay.Entry(title: "All \(rows.subject)…", key: "A", choice: .matching, refusal: orderRefusal))
    }
    overlay = .menu(MenuOverlay(title: subject, entries: entries))
  }
}

extension EditRequest.Change {
  /// As on the command line.
  var text: String {
    switch manner {
    case .set: "\(key)=\(NodeText.text(value))"
    case .add: "\(key)+=\(NodeText.text(value))"
    case .remove: "\(key)-=\(NodeText.text(value))"
    }
  }
}
