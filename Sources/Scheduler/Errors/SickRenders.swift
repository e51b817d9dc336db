import Model

/// Renders on which the tasks of many users fail one after the other are sick: they take nothing until somebody heals them
/// (reference/afanasy.md section 3.12).
extension Farm {
  /// A task of this user failed on a render.
  mutating func failed(on render: Int, user: String) {
    let before = renders[render].failedUsers
    renders[render].failedUsers.removeAll { $0 == user }
    renders[render].failedUsers.insert(user, at: 0)
    let limit = poolValue(of: render) { $0.sickErrorsCount }
    // What is behind the limit decides nothing.
    let kept = max(1, Int(limit))
    if renders[render].failedUsers.count > kept { renders[render].failedUsers.removeLast(renders[render].failedUsers.count - kept) }
    let isSick = limit > 0 && renders[render].failedUsers.count >= limit && !renders[render].state.contains(.sick)
    if isSick {
      renders[render].state.insert(.sick)
      let text = "RENDER_SICK: tasks of \(number(Int(limit), "user")) failed one after the other (heal-sick when it is well)"
      log(.error, .render(renders[render].id), text)
      journal("renders sick", "render \(renders[render].name)", text)
      index(render, isFreer: false)
      changed(.render(renders[render].id))
      raise(.renderSick, render: render, "tasks of \(number(Int(limit), "user")) failed one after the other")
    }
    if isSick || before != renders[render].failedUsers { store(.putRender(renders[render].stored)) }
  }

  /// A task ended on it as it should.
  mutating func endedWell(_ render: Int) {
    guard !renders[render].failedUsers.isEmpty else { return }
    renders[render].failedUsers = []
    store(.putRender(renders[render].stored))
  }
}
