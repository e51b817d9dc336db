import Model

/// Where the cells of the map are.
struct HeatLayout {
  let title: Int
  /// `columns` is in cells.
  let cells: Rect
  /// Says which render is under the cursor.
  let detail: Int
  /// Columns for the number of a row's first render.
  static let label = 7

  init(in body: Rect) {
    title = body.row
    detail = body.row + body.rows - 1
    let room = max(10, body.columns - Self.label - 1)
    cells = Rect(
      row: body.row + 1, column: body.column + Self.label, rows: max(1, body.rows - 2), columns: (room + 1) / 11 * 10)
  }

  /// A gap after each ten cells.
  func column(ofCell cell: Int) -> Int { cells.column + cell + cell / 10 }

  /// The cell at a place of the screen; nil between cells.
  func cell(row: Int, column: Int) -> Int? {
    let offset = column - cells.column
    guard row >= cells.row, row < cells.row + cells.rows, offset >= 0, offset % 11 != 10 else { return nil }
    let cell = offset / 11 * 10 + offset % 11
    return cell < cells.columns ? (row - cells.row) * cells.columns + cell : nil
  }
}

extension Painter {
  /// The whole farm on one screen.
  mutating func heat(_ layout: FrameLayout) {
    let map = HeatLayout(in: layout.body)
    let page = model.heat
    let columns = grid.size.columns
    let heading = theme[.heading].over(theme[.text])
    let legend =
      page.isLoad
      ? "processors busy, in tens of per cent: 0 to 9; o offline"
      : "s sick  b busy  p paused  n nimby  i idle  o offline  z asleep"
    let scale = page.grid.perCell == 1 ? "" : "a cell is \(page.grid.perCell) renders; "
    put(scale + legend, row: map.title, column: 1, columns: columns - 2, style: heading)
    if model.renders.query.isFilter { filterMark(model.renders.filter, row: map.title) }
    let body = layout.body.dropping(rows: 1)
    if let failure = model.renders.list.failure { return say([failure], in: body, role: .bad) }
    guard page.grid.held != nil else {
      return say([model.link.isConnected ? "loading…" : "no connection to the server yet"], in: body)
    }
    guard page.total > 0 else {
      return say(
        model.renders.query.isFilter
          ? ["No render passes the filter “\(model.renders.filter)”.", "f changes it; Esc shows all."]
          : ["No renders. Start one on any machine:", "reeve-render --server \(model.options.server)"], in: body)
    }
    let muted = theme[.muted].over(theme[.text])
    for cell in 0..<page.grid.cells {
      let row = map.cells.row + cell / page.grid.columns
      let place = cell % page.grid.columns
      if place == 0 {
        put("\(page.grid.task(cell: cell))", row: row, column: 1, columns: HeatLayout.label - 2, style: muted, isRight: true)
      }
      var look = muted
      var glyph = Glyph(scalar: symbols.isASCII ? 0x3A : 0xB7)
      if let letter = page.grid.letter(cell: cell), letter > 0x20, letter < 0x7F {
        look = theme[Self.look(letter)].over(theme[.text])
        glyph = Glyph(scalar: UInt32(letter))
      }
      if page.grid.chosen.contains(page.grid.task(cell: cell)) {
        look = Style(look.foreground, on: look.background, look.attributes.union([.reverse, .bold]))
      }
      grid.set(glyph, row: row, column: map.column(ofCell: place), style: look)
    }
    heatDetail(map)
  }

  private mutating func heatDetail(_ map: HeatLayout) {
    let cells = model.heat.grid
    var text = "render \(cells.cursor)"
    var look = theme[.text]
    if cells.chosen.count > 1 {
      text = "renders \(cells.chosen.lowerBound)–\(cells.chosen.upperBound - 1)  Enter goes closer"
    } else if let row = model.renders.list.current {
      look = theme[StateWords.look(row.state)].over(look)
      text = "\(row.name)  \(StateWords.text(row.state))"
      if row.state.contains(.online) { text += "  \(row.resources.cpuPercent)% busy  \(row.running.count)/\(row.maxTasks) tasks" }
      if !row.running.isEmpty { text += "  " + row.running.map(\.description).joined(separator: " ") }
      if model.tags.renders[row.id] != nil { text = "\(symbols.tag) " + text }
    }
    put(text, row: map.detail, column: 1, columns: grid.size.columns - 2, style: look)
  }

  private static func look(_ letter: UInt8) -> Theme.RenderLook {
    switch Character(Unicode.Scalar(letter)) {
    case "s", "9": .sick
    case "b", "5", "6", "7", "8": .busy
    case "p": .paused
    case "n": .nimby
    case "i", "0", "1", "2", "3", "4": .idle
    case "z": .asleep
    default: .offline
    }
  }
}
