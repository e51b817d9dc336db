import Model
import Text

/// A line of a dialog: what it names on the left, the rest beside it.
struct DialogLine: Hashable {
  var left = ""
  var right = ""
  var isHeading = false
  /// Columns of the left part, where there is room.
  static let leftColumns = 20

  var width: Int { right.isEmpty ? Glyphs(left).width : Self.leftColumns + 1 + Glyphs(right).width }
}

extension Overlay {
  /// The lines of a dialog that is read, not answered.
  func lines(_ model: ConsoleModel) -> [DialogLine] {
    switch self {
    case .help: HelpText.lines(model)
    case .info(let info): InfoText.lines(info, model)
    case .reader(let reader):
      if let failure = reader.failure {
        ConfirmLines.wrapped(failure, columns: min(76, model.size.columns - 8)).map { DialogLine(left: $0) }
      } else {
        reader.lines.map { lines in lines.map { DialogLine(left: $0, isHeading: reader.isManual && !$0.isEmpty && $0.first != " ") }
        }
          ?? [DialogLine(left: "loading…")]
      }
    case .answers(let answers): answers.lines(columns: min(100, model.size.columns - 6))
    case .menu, .confirm, .columns, .field, .parameters: []
    }
  }

  /// The first line that is seen, so that the last page is full.
  func top(lines: Int, rows: Int) -> Int {
    let wanted: Int =
      switch self {
      case .help(let help): help.top
      case .info(let info): info.top
      case .reader(let reader): reader.top
      case .answers(let answers): answers.top
      case .menu, .confirm, .columns, .field, .parameters: 0
      }
    return min(wanted, max(0, lines - rows))
  }

  var title: String {
    switch self {
    case .help: "Keys"
    case .menu(let menu): menu.title
    case .reader(let reader): reader.title
    case .columns: "Columns"
    case .field: "Please fill in"
    case .parameters(let list): list.scope.subject
    case .answers(let answers): answers.title
    case .confirm: "Please confirm"
    case .info(let info):
      switch info.subject {
      case .job(let id): "Job \(id)"
      case .block(let id, let block): "Block \(block) of job \(id)"
      case .task(let key): "Task \(key)"
      case .render: "Render"
      case .user: "User"
      case .branch: "Branch"
      case .pool: "Pool"
      case .command: "Command of the system job"
      case .event: "Event"
      case .serverLine: "Line of the server's log"
      case .journal: "Line of the journal"
      case .explanation: "Why"
      case .line: "Line of the log"
      case .run(let run): "Start \(run.start)"
      }
    }
  }
}

enum HelpText {
  /// The table of actions: what is for this page first.
  static func lines(_ model: ConsoleModel) -> [DialogLine] {
    let near = model.scopes
    let scopes = near + Action.Scope.allCases.filter { !near.contains($0) }
    var lines: [DialogLine] = []
    for (index, scope) in scopes.enumerated() {
      let entries = model.keys.entries.filter { $0.scope == scope && !$0.keys.isEmpty }
      if index == near.count { lines.append(DialogLine(left: "— other pages —", isHeading: true)) }
      lines.append(DialogLine(left: scope.rawValue, isHeading: true))
      for entry in entries {
        lines.append(DialogLine(left: "  " + entry.keys.map(\.description).joined(separator: " "), right: entry.help))
      }
    }
    lines.append(DialogLine(left: "Letters of the grid", isHeading: true))
    for state in StateLetter.allCases.reversed() where state != .nothing {
      lines.append(DialogLine(left: "  \(state.letter)", right: Painter.word(state)))
    }
    return lines
  }
}

extension Painter {
  mutating func overlay(_ overlay: Overlay) {
    let layout = DialogLayout(overlay, model)
    frame(layout.frame, title: overlay.title)
    switch overlay {
    case .reader(let reader): lines(overlay.lines(model), layout, search: reader.search)
    case .help, .info, .answers: lines(overlay.lines(model), layout)
    case .field(let field): self.field(field, layout)
    case .parameters(let list): parameters(list, layout)
    case .menu(let menu): entries(menu, layout)
    case .columns(let columns): self.columns(columns, layout)
    case .confirm(let question): self.question(question, layout)
    }
  }

  private mutating func frame(_ rect: Rect, title: String) {
    let ground = theme[.dialog].over(theme[.text])
    let border = theme[.border].over(ground)
    fill(rect, ground)
    let right = rect.column + rect.columns - 1
    let bottom = rect.row + rect.rows - 1
    for column in rect.column...right {
      put(symbols.horizontal, row: rect.row, column: column, columns: 1, style: border)
      put(symbols.horizontal, row: bottom, column: column, columns: 1, style: border)
    }
    for row in rect.row...bottom {
      put(symbols.vertical, row: row, column: rect.column, columns: 1, style: border)
      put(symbols.vertical, row: row, column: right, columns: 1, style: border)
    }
    for (corner, place) in zip(
      symbols.corners, [(rect.row, rect.column), (rect.row, right), (bottom, rect.column), (bottom, right)])
    {
      put(corner, row: place.0, column: place.1, columns: 1, style: border)
    }
    put(" \(title) ", row: rect.row, column: rect.column + 2, columns: rect.columns - 4, style: theme[.heading].over(ground))
  }

  private mutating func lines(_ lines: [DialogLine], _ layout: DialogLayout, search: Search? = nil) {
    let ground = theme[.dialog].over(theme[.text])
    for offset in 0..<layout.content.rows {
      let index = layout.top + offset
      guard index < lines.count else { break }
      let line = lines[index]
      let row = layout.content.row + offset
      if line.right.isEmpty {
        put(
          line.left, row: row, column: layout.content.column, columns: layout.content.columns,
          style: line.isHeading ? theme[.heading].over(ground) : ground)
        if let search { mark(search, in: line.left, row: row, layout.content) }
      } else {
        let taken = put(
          line.left, row: row, column: layout.content.column, columns: layout.content.columns, style: theme[.text].over(ground))
        let start = max(min(DialogLine.leftColumns, layout.content.columns / 3), taken) + 1
        put(line.right, row: row, column: layout.content.column + start, columns: layout.content.columns - start, style: ground)
      }
    }
    let border = theme[.border].over(ground)
    let bottom = layout.frame.row + layout.frame.rows - 1
    let left = lines.count - layout.top - layout.content.rows
    let foot = left > 0 ? " \(left) more below; Esc closes " : " Esc closes "
    let width = Glyphs(foot).width
    put(
      foot, row: bottom, column: layout.frame.column + layout.frame.columns - width - 2, columns: width, style: border)
  }

  /// Shows where a search stands in a line that was drawn.
  private mutating func mark(_ search: Search, in text: String, row: Int, _ content: Rect) {
    let glyphs = Array(Glyphs(text, isASCII: grid.isASCII))
    for range in search.matches(in: glyphs) {
      let start = glyphs[..<range.lowerBound].reduce(0) { $0 + $1.width }
      let width = glyphs[range].reduce(0) { $0 + $1.width }
      guard start + width <= content.columns else { continue }
      let look = theme[.match]
      grid.restyle(Rect(row: row, column: content.column + start, rows: 1, columns: width)) { look.over($0) }
    }
  }

  private mutating func entries(_ menu: MenuOverlay, _ layout: DialogLayout) {
    let ground = theme[.dialog].over(theme[.text])
    for offset in 0..<layout.content.rows {
      let index = layout.top + offset
      guard index < menu.entries.count else { break }
      let entry = menu.entries[index]
      let row = layout.content.row + offset
      let isChosen = index == menu.cursor
      var look = isChosen ? theme[.choiceActive].over(ground) : ground
      if entry.refusal != nil { look = theme[.muted].over(look) }
      fill(Rect(row: row, column: layout.content.column, rows: 1, columns: layout.content.columns), look)
      put(isChosen ? symbols.cursor : " ", row: row, column: layout.content.column, columns: 1, style: look)
      let room = layout.content.columns - 3 - max(1, Glyphs(entry.key).width)
      put(entry.title, row: row, column: layout.content.column + 2, columns: room, style: look)
      put(
        entry.key, row: row, column: layout.content.column + layout.content.columns - 3, columns: 3, style: look, isRight: true)
    }
    let left = menu.entries.count - layout.top - layout.content.rows
    if left > 0 { foot(" \(left) more below ", layout, ground) }
    if let refusal = menu.entries.indices.contains(menu.cursor) ? menu.entries[menu.cursor].refusal : nil {
      put(
        " \(refusal) ", row: layout.frame.row + layout.frame.rows - 1, column: layout.frame.column + 2,
        columns: layout.frame.columns - 4, style: theme[.border].over(ground))
    }
  }

  private mutating func question(_ question: ConfirmOverlay, _ layout: DialogLayout) {
    let ground = theme[.dialog].over(theme[.text])
    let lines = ConfirmLines.all(question, columns: layout.content.columns)
    for (offset, line) in lines.enumerated() where offset < layout.content.rows - 1 {
      put(line, row: layout.content.row + offset, column: layout.content.column, columns: layout.content.columns, style: ground)
    }
    button("Cancel", layout.cancel, isChosen: !question.isVerbChosen, ground)
    button(question.verb, layout.verb, isChosen: question.isVerbChosen, ground)
  }

  private mutating func button(_ title: String, _ rect: Rect, isChosen: Bool, _ ground: Style) {
    let look = theme[isChosen ? .choiceActive : .choice].over(ground)
    put(
      isChosen ? "[ \(title) ]" : "  \(title)  ", row: rect.row, column: rect.column, columns: rect.columns, style: look)
  }
}
