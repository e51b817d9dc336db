import Model

/// What people do to renders.
extension Farm {
  mutating func operateRenders(_ operation: RenderOperation, _ names: [String], by actor: Actor, _ request: RequestID) {
    guard !names.isEmpty else {
      return emit(.answer(request, .failed(Failure(.usage, "no render was named"))))
    }
    guard names.contains(where: { renderNamePlaces[$0] != nil }) else {
      let text = names.count == 1 ? "there is no render \"\(names[0])\"" : "there are no renders of these names"
      return emit(.answer(request, .failed(Failure(.notFound, text))))
    }
    var outcomes: [RenderOutcome] = []
    openUndo()
    for name in names {
      guard let render = renderNamePlaces[name] else {
        outcomes.append(RenderOutcome(name: name, isDone: false, message: "there is no such render"))
        continue
      }
      if let refusal = refusal(of: .operateRender(operation.order), by: actor, render: render) {
        outcomes.append(RenderOutcome(name: name, isDone: false, message: refusal, isPermitted: false))
        continue
      }
      if let refusal = refusal(of: operation, render) {
        outcomes.append(RenderOutcome(name: name, isDone: false, message: refusal))
        log(.notice, .render(renders[render].id), "\(operation.word) refused: \(refusal)", by: actor)
        continue
      }
      let before = operation.undoKeys.isEmpty ? nil : before([.render(name)], operation.undoKeys)
      let message = operate(operation, on: render)
      note(before)
      outcomes.append(RenderOutcome(name: name, isDone: true, message: message))
      log(.info, .render(renders[render].id), message, by: actor)
      journal("renders \(operation.word)", "render \(name)", message, by: actor)
    }
    let done = outcomes.filter(\.isDone).map { "render \($0.name)" }
    let offer = closeUndo(UndoWhat(verb: operation.word, noun: "render", done: done), by: actor, request)
    emit(.answer(request, .rendersOperated(outcomes, undo: offer)))
  }

  /// Why it cannot be done; nil: it can.
  private func refusal(of operation: RenderOperation, _ render: Int) -> String? {
    switch operation {
    case .sleep: whyNotSleep(render)
    case .wake: whyNotWake(render)
    default: nil
    }
  }

  private mutating func operate(_ operation: RenderOperation, on render: Int) -> String {
    let before = renders[render].state
    let message: String
    switch operation {
    case .nimby:
      setNimby(render, .nimby)
      message = "nimby: takes only tasks of \(renders[render].user)"
    case .NIMBY:
      setNimby(render, .NIMBY)
      message = "NIMBY: takes no tasks"
    case .free:
      setNimby(render, [])
      message = "free"
    case .pause:
      renders[render].state.insert(.paused)
      message = "paused"
    case .unpause:
      renders[render].state.remove(.paused)
      message = "no longer paused"
    case .healSick:
      message = before.contains(.sick) ? "is no longer sick" : "is not sick"
      renders[render].state.remove(.sick)
      endedWell(render)
    case .restoreDefaults:
      renders[render].parameters.farm = FarmParameters()
      farmValuesChanged(render)
      store(.putRender(renders[render].stored))
      index(render, isFreer: true)
      message = "capacity, tasks, services and tickets are as its agent and its pool say"
    case .eject: message = eject(render) { _ in true }
    case .ejectNotOwn:
      let user = renders[render].user
      message = eject(render) { $0 != user }
    case .sleep: return sleep(render)
    case .wake: return askToWake(render)
    }
    if renders[render].state != before {
      store(.putRender(renders[render].stored))
      measureLoad(render)
      renderChanged(render)
      index(render, isFreer: true)
    }
    changed(.render(renders[render].id))
    return message
  }

  /// Stops tasks of a render; they go back without an error.
  ///
  /// - Parameter isMeant: asked for the name of the user whose job it is.
  private mutating func eject(_ render: Int, where isMeant: (String) -> Bool) -> String {
    var stopped = 0
    for place in sorted(renders[render].runs) {
      guard let run = runs[place], run.intent == nil, isMeant(jobs[blocks[run.block].job].spec.user) else { continue }
      requestStop(place, .requeue)
      stopped += 1
      changed(.task(run.key))
    }
    if stopped > 0 { return "ejected \(number(stopped, "task"))" }
    return renders[render].runs.isEmpty ? "runs nothing" : "runs nothing that is to be ejected"
  }

  mutating func setNimby(_ render: Int, _ state: RenderState) {
    countNimby(render, -1)
    renders[render].state.subtract([.nimby, .NIMBY])
    renders[render].state.formUnion(state)
    countNimby(render, 1)
  }

  /// Tasks of a user who has nimby renders have classes of their own, since they may go there.
  mutating func countNimby(_ render: Int, _ step: Int) {
    guard renders[render].state.contains(.nimby), !renders[render].user.isEmpty else { return }
    let user = userPlace(renders[render].user)
    people[user].nimbyRenders += step
    if people[user].nimbyRenders == (step > 0 ? 1 : 0) { reclass(user: user) }
  }
}

extension RenderOperation {
  /// What it changes that can be set back.
  fileprivate var undoKeys: [Edit.Change] {
    let keys =
      switch self {
      case .nimby, .NIMBY, .free: ["nimby", "NIMBY"]
      case .pause, .unpause: ["paused"]
      case .eject, .ejectNotOwn, .healSick, .restoreDefaults, .sleep, .wake: [String]()
      }
    return keys.map { Edit.Change(key: $0, value: .null) }
  }

  /// As the table of rights and the wire know it.
  var order: RenderOrder {
    switch self {
    case .nimby: .nimby
    case .NIMBY: .NIMBY
    case .free: .free
    case .pause: .pause
    case .unpause: .unpause
    case .eject: .eject
    case .ejectNotOwn: .ejectNotOwn
    case .healSick: .healSick
    case .restoreDefaults: .restoreDefaults
    case .sleep: .sleep
    case .wake: .wake
    }
  }

  /// As on the command line.
  var word: String { order.word }
}
