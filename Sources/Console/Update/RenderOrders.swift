import Model

/// What an order of the Farm page would hit, as the rows stood when it was given.
struct RenderTarget: Sendable {
  var rows: [RenderSummary]
  /// `render r01`, `3 renders`.
  var subject: String { rows.count == 1 ? "render \(rows[0].name)" : "\(rows.count) renders" }
}

extension ConsoleModel {
  /// The tagged renders, else the one under the cursor; nil: there is none.
  var renderTarget: RenderTarget? {
    if !tags.renders.isEmpty { return RenderTarget(rows: tags.renders.values.sorted { $0.name < $1.name }) }
    return currentRender.map { RenderTarget(rows: [$0]) }
  }

  /// Gives an order to the server, or asks first: about what ends work or takes a machine away, what hits many, and what is another's.
  mutating func order(renders kind: RenderOrder) -> [ConsoleEffect] {
    if let refusal = orderRefusal {
      say(refusal, .bad)
      return []
    }
    guard let target = renderTarget else {
      say("there is no row here to \(kind.word)", .bad)
      return []
    }
    if let refusal = roleRefusal(of: kind) {
      say(refusal, .bad)
      return []
    }
    let order = PendingOrder(what: .renders(kind, target.rows.map(\.name)), subject: target.subject)
    let others = Set(target.rows.map(\.user)).subtracting([options.user]).sorted()
    guard kind.isAskedFirst || target.rows.count > 1 || !others.isEmpty else { return send(order) }
    var lines: [String] = []
    if target.rows.count > 1 {
      lines = target.rows.prefix(6).map { "\($0.name): \(StateWords.text($0.state))" }
      if target.rows.count > 6 { lines.append("and \(target.rows.count - 6) more") }
    } else {
      lines = target.rows.map { StateWords.text($0.state) }
    }
    let running = target.rows.reduce(0) { $0 + $1.running.count }
    if running > 0 { lines.append("\(running) \(running == 1 ? "task runs" : "tasks run") there.") }
    if !others.isEmpty {
      lines.append(
        target.rows.count > 1 ? "Some belong to \(others.joined(separator: ", "))." : "It belongs to \(others[0]), not to you.")
    }
    if let warning = kind.warning { lines.append(warning) }
    overlay = .confirm(
      ConfirmOverlay(question: "\(kind.title) \(target.subject)?", lines: lines, verb: kind.button, order: order))
    return []
  }

  mutating func openRenderActions() {
    guard let target = renderTarget else { return say("there is no row here", .bad) }
    let entries = RenderOrder.allCases.map { kind in
      MenuOverlay.Entry(title: kind.menu, key: kind.key, choice: .renders(kind), refusal: orderRefusal ?? roleRefusal(of: kind))
    }
    overlay = .menu(MenuOverlay(title: target.subject, entries: entries))
  }

  mutating func rendersOperated(_ request: RequestNumber, _ result: Result<[RenderAnswer], Failure>) {
    guard let order = pending.removeValue(forKey: request) else { return }
    let what = "\(order.word) \(order.subject)"
    switch result {
    case .failure(let failure): say("\(what): \(failure.message)", .bad)
    case .success(let answers):
      let refused = answers.filter { !$0.isDone }
      if let first = refused.first {
        let more = refused.count > 1 ? " (and \(refused.count - 1) more were refused)" : ""
        say("\(what): \(answers.count > 1 ? "\(first.name) " : "")\(first.message)\(more)", .bad)
      } else {
        let message = answers.count == 1 ? answers[0].message : "done"
        say("\(what): \(message.isEmpty ? "done" : message)", .good)
      }
      let done = Set(answers.filter(\.isDone).map(\.name))
      tags.renders = tags.renders.filter { !done.contains($0.value.name) }
    }
  }
}

extension RenderOrder {
  /// In the menu.
  fileprivate var menu: String {
    switch self {
    case .nimby: "nimby: only its own user's tasks"
    case .NIMBY: "NIMBY: no tasks"
    case .free: "Free: everybody's tasks"
    case .pause: "Pause"
    case .unpause: "Unpause"
    case .eject: "Eject all tasks"
    case .ejectNotOwn: "Eject others' tasks"
    case .healSick: "Heal: no longer sick"
    case .restoreDefaults: "Restore defaults"
    case .sleep: "Sleep: the machine is suspended"
    case .wake: "Wake by network"
    }
  }

  /// In the menu, while that is open.
  fileprivate var key: String {
    switch self {
    case .nimby: "n"
    case .NIMBY: "N"
    case .free: "f"
    case .pause: "p"
    case .unpause: "u"
    case .eject: "e"
    case .ejectNotOwn: "o"
    case .healSick: "h"
    case .restoreDefaults: "d"
    case .sleep: "s"
    case .wake: "w"
    }
  }

  /// As a verb at the beginning of a question.
  fileprivate var title: String {
    switch self {
    case .nimby: "Set nimby on"
    case .NIMBY: "Set NIMBY on"
    case .free: "Free"
    case .pause: "Pause"
    case .unpause: "Unpause"
    case .eject: "Eject all tasks of"
    case .ejectNotOwn: "Eject others' tasks of"
    case .healSick: "Heal"
    case .restoreDefaults: "Restore the defaults of"
    case .sleep: "Put to sleep"
    case .wake: "Wake"
    }
  }

  fileprivate var button: String {
    switch self {
    case .nimby: "nimby"
    case .NIMBY: "NIMBY"
    case .eject, .ejectNotOwn: "Eject"
    case .restoreDefaults: "Restore"
    case .sleep: "Sleep"
    default: title
    }
  }

  fileprivate var isAskedFirst: Bool {
    switch self {
    case .eject, .ejectNotOwn, .restoreDefaults, .sleep: true
    case .nimby, .NIMBY, .free, .pause, .unpause, .healSick, .wake: false
    }
  }

  fileprivate var warning: String? {
    switch self {
    case .eject, .ejectNotOwn: "Its tasks go back on the queue and begin anew."
    case .sleep: "It takes no tasks until it is woken."
    default: nil
    }
  }
}
