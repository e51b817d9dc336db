import Model

extension Painter {
  /// The line under the header in super-user mode: in words and by a double rule, so that it is seen without any colour too.
  mutating func roleBanner(_ role: Role, row: Int) {
    let columns = grid.size.columns
    let ground = theme.raised.over(theme[.text])
    for column in 0..<columns { put(symbols.doubleHorizontal, row: row, column: column, columns: 1, style: ground) }
    let text = " \(roleText(role, columns: columns - 8)) "
    put(text, row: row, column: 3, columns: columns - 6, style: ground)
  }

  private func roleText(_ role: Role, columns: Int) -> String {
    let name = role.word.uppercased()
    let key = model.keys.key(of: .superUser, in: [.everywhere])
    let left = model.raised.end - model.now
    let choices: [String]
    if left <= RaisedRole.lastMinute {
      let seconds = "\(max(0, left.seconds)) s"
      choices = ["\(name): ends in \(seconds) unless something is asked; \(key) ends it now", "\(name): ends in \(seconds)", name]
    } else {
      let what = role == .administrator ? "all that there is" : "anybody's jobs and renders"
      choices = ["\(name): you can change \(what); \(key) ends it", "\(name): \(key) ends it", name]
    }
    return choices.first { Glyphs($0).width <= columns } ?? name
  }
}

extension Style {
  var reversed: Style {
    Style(
      foreground, on: background,
      attributes.contains(.reverse) ? attributes.subtracting(.reverse) : attributes.union(.reverse))
  }
}
