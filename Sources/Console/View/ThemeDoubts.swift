import Model

extension Theme {
  /// What may not be meant, though nothing is wrong with it: two looks that should be told apart and cannot.
  public var doubts: [String] {
    var doubts: [String] = []
    func compare(_ a: String, _ b: String, _ first: Style, _ second: Style, _ why: String) {
      if first == second { doubts.append("\(a) looks as \(b) does: \(why)") }
    }
    compare("roles.cursor", "roles.text", self[.cursor], self[.text], "nobody sees which row is meant")
    compare("roles.choice-active", "roles.choice", self[.choiceActive], self[.choice], "nobody sees which button is chosen")
    compare("roles.alarm", "roles.text", self[.alarm], self[.text], "a lost connection is not noticed")
    compare("roles.super-user", "roles.header", raised, self[.header], "nobody sees that rights are raised")
    compare("roles.match", "roles.text", self[.match], self[.text], "what was found is not seen")
    compare("states.error", "states.running", self[.error], self[.running], "errors hide between running tasks")
    compare("states.error", "states.done", self[.error], self[.done], "errors hide between finished tasks")
    compare("renders.sick", "renders.busy", self[RenderLook.sick], self[RenderLook.busy], "a sick render hides between busy ones")
    for role in Role.allCases where self[role].isInvisible {
      doubts.append("roles.\(role.name): its text has the colour of its ground")
    }
    return doubts
  }
}

extension Style {
  /// Text in the colour of its ground.
  fileprivate var isInvisible: Bool { foreground != .terminal && foreground == background }
}
