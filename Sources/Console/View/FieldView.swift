import Model
import Wire

/// What stands in the dialog of a field, around what is typed.
enum FieldLines {
  static func title(_ field: FieldOverlay, columns: Int) -> [String] { ConfirmLines.wrapped(field.title, columns: max(8, columns)) }

  static func fault(_ field: FieldOverlay, columns: Int) -> [String] {
    field.fault.map { ConfirmLines.wrapped($0, columns: max(8, columns)) } ?? []
  }

  /// What helps to fill it in, the most useful first.
  static func help(_ field: FieldOverlay, columns: Int) -> [String] {
    var lines: [String] = []
    if let row = field.row {
      switch field.ask {
      case .word(let key, let manner):
        lines.append(manner == .add ? "a word that goes into \(key)" : "a word that goes out of \(key)")
      case .member: lines.append("NAME=COUNT, as NUKE=40; NAME=null takes it out")
      case .value, .name: lines.append(row.words)
      }
      if let values = field.values {
        if let value = values.value(row) { lines.append("now: \(Self.short(value))") }
        if let above = values.inherited(row) { lines.append("inherits \(Self.short(above.value)) from \(above.from)") }
      } else if field.request != 0 {
        lines.append("now: …")
      }
      if case .value = field.ask, let byDefault = row.byDefault {
        lines.append("by default: \(Self.short(byDefault)); null restores it")
      }
      lines.append(row.meaning)
    } else if case .name(let kind) = field.ask {
      lines.append(kind == .pool ? "the name of the new pool" : "the name of the new branch")
    }
    return lines.flatMap { ConfirmLines.wrapped($0, columns: max(8, columns)) }
  }

  /// A value in a line; what is empty has a word.
  static func short(_ value: JSONValue) -> String {
    let text = NodeText.text(value)
    return text.isEmpty ? "nothing" : text.cut(to: 200)
  }
}

extension Painter {
  mutating func field(_ field: FieldOverlay, _ layout: DialogLayout) {
    let ground = theme[.dialog].over(theme[.text])
    let content = layout.content
    let end = content.row + content.rows
    var row = content.row
    func put(_ lines: [String], _ style: Style, least: Int) {
      for line in lines where row + least < end {
        self.put(line, row: row, column: content.column, columns: content.columns, style: style)
        row += 1
      }
    }
    // The line that is typed has room whatever the size.
    put(FieldLines.title(field, columns: content.columns), theme[.heading].over(ground), least: 2)
    typed(field.editor, row: row, column: content.column, columns: content.columns, isMarked: true)
    row += 1
    put(FieldLines.fault(field, columns: content.columns), theme[.bad].over(ground), least: 0)
    put(FieldLines.help(field, columns: content.columns), ground, least: 0)
    foot(" Enter sends, Esc leaves ", layout, ground)
  }

  /// A line that is being typed, with its cursor; a long one scrolls so that the cursor is seen.
  mutating func typed(_ editor: LineEditor, row: Int, column: Int, columns: Int, isMarked: Bool) {
    let ground = theme[.dialog].over(theme[.text])
    let look = theme[.choiceActive].over(ground)
    fill(Rect(row: row, column: column, rows: 1, columns: columns), look)
    let start = isMarked ? put("\(symbols.cursor) ", row: row, column: column, columns: 2, style: look) : 0
    let room = columns - start - 1
    guard room > 0 else { return }
    var text = editor.text[...]
    var cursor = Glyphs(String(editor.text[..<editor.cursor])).width
    while cursor >= room, let first = text.popFirst() { cursor -= Glyphs(String(first)).width }
    put(String(text), row: row, column: column + start, columns: room, style: look)
    grid.restyle(Rect(row: row, column: column + start + max(0, cursor), rows: 1, columns: 1)) { style in
      Style(style.foreground, on: style.background, style.attributes.union(.reverse))
    }
  }

  mutating func parameters(_ list: ParametersOverlay, _ layout: DialogLayout) {
    let ground = theme[.dialog].over(theme[.text])
    let content = layout.content
    let label = "search: "
    put(label, row: content.row, column: content.column, columns: content.columns, style: theme[.key].over(ground))
    typed(
      list.search, row: content.row, column: content.column + label.count, columns: content.columns - label.count, isMarked: false)
    let found = list.found
    let keys = min(max(12, list.rows.map(\.key.count).max() ?? 0) + 3, max(8, content.columns / 2))
    for offset in 0..<layout.listed {
      let index = layout.top + offset
      guard index < found.count else { break }
      let row = content.row + 1 + offset
      let isChosen = index == list.cursor
      let look = isChosen ? theme[.choiceActive].over(ground) : ground
      fill(Rect(row: row, column: content.column, rows: 1, columns: content.columns), look)
      put(isChosen ? symbols.cursor : " ", row: row, column: content.column, columns: 1, style: look)
      put(found[index].key, row: row, column: content.column + 2, columns: keys - 3, style: look)
      let value = Self.value(found[index], list.values)
      put(
        value.text, row: row, column: content.column + keys, columns: content.columns - keys,
        style: value.isOwn ? look : theme[.muted].over(look))
    }
    if found.isEmpty {
      put("nothing is called so", row: content.row + 1, column: content.column + 2, columns: content.columns - 2, style: ground)
    }
    if let failure = list.failure {
      put(
        failure, row: content.row + content.rows - 1, column: content.column, columns: content.columns,
        style: theme[.bad].over(ground))
    } else if layout.listed < content.rows - 1, let row = list.current {
      put(
        "\(row.words). \(row.meaning)", row: content.row + content.rows - 1, column: content.column, columns: content.columns,
        style: theme[.muted].over(ground))
    }
    foot(" type to search, Enter changes, Esc closes ", layout, ground)
  }

  /// How a parameter stands: its value and unit, and whose value that is.
  private static func value(_ row: ParameterRow, _ values: ParameterValues?) -> (text: String, isOwn: Bool) {
    guard let values else { return ("…", false) }
    if let above = values.inherited(row) { return ("\(FieldLines.short(above.value)) \(row.unit) (from \(above.from))", false) }
    guard let value = values.value(row) else { return ("-", false) }
    let text = FieldLines.short(value) + (row.unit.isEmpty ? "" : " \(row.unit)")
    return value == row.byDefault ? (text + " (by default)", false) : (text, true)
  }

  mutating func foot(_ text: String, _ layout: DialogLayout, _ ground: Style) {
    put(
      text, row: layout.frame.row + layout.frame.rows - 1, column: layout.frame.column + 2, columns: layout.frame.columns - 4,
      style: theme[.border].over(ground))
  }
}

extension AnswersOverlay {
  /// How many were done, then those that were not, with the reasons.
  func lines(columns: Int) -> [DialogLine] {
    [DialogLine(left: doneWords.map { "\($0) done; refused:" } ?? "\(done) done, \(refused.count) refused:", isHeading: true)]
      + refused.flatMap { ConfirmLines.wrapped("\($0.name): \($0.message)", columns: max(8, columns)) }.map { DialogLine(left: $0) }
  }
}
