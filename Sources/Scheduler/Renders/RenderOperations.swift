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
    for name in names {
      guard let render = renderNamePlaces[name] else {
        outcomes.append(RenderOutcome(name: name, isDone: false, message: "there is no such render"))
        continue
      }
      let message = operate(operation, on: render)
      outcomes.append(RenderOutcome(name: name, isDone: true, message: message))
      log(.info, .render(renders[render].id), message, by: actor)
    }
    emit(.answer(request, .rendersOperated(outcomes)))
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
    case .ejectNotOwn, .healSick, .restoreDefaults: message = "not in this version"
    case .eject:
      var stopped = 0
      for place in sorted(renders[render].runs) where runs[place]?.intent == nil {
        let key = runs[place]?.key
        requestStop(place, .requeue)
        stopped += 1
        if let key { changed(.task(key)) }
      }
      message = stopped == 0 ? "runs nothing" : "ejected \(number(stopped, "task"))"
    }
    if renders[render].state != before {
      store(.putRender(renders[render].stored))
      renderChanged(render)
      index(render, isFreer: true)
    }
    changed(.render(renders[render].id))
    return message
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
