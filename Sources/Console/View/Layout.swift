import Model

/// Where things are on a screen: used to draw them and to know what a mouse points at.
struct FrameLayout {
  let size: Size
  /// Lines under the header that tell of what is wrong.
  let banners: [Banner]
  /// Between the banners and the status line.
  let body: Rect
  /// The names of the screens in the header.
  let tabs: [(screen: ConsoleScreenID, text: String, columns: Range<Int>)]

  init(_ model: ConsoleModel) {
    size = model.size
    banners = Banner.all(model)
    body = Rect(row: 1 + banners.count, column: 0, rows: size.rows - 2 - banners.count, columns: size.columns)
    var at = 1
    // Where there is no room for all names, and where words are abbreviated, only the screen that is seen has its own.
    let all = ConsoleScreenID.present.reduce(2) { $0 + $1.rawValue.utf8.count + 4 }
    let isShort = model.density == .abbreviated || all > model.size.columns
    tabs = ConsoleScreenID.present.map { screen in
      let text =
        isShort && screen != model.screen ? "\(screen.number)" : "\(screen.number) \(screen.rawValue)"
      let width = text.utf8.count + 2
      defer { at += width }
      return (screen, " \(text) ", at..<at + width)
    }
  }

  /// The rows of a list under its heading.
  var list: Rect { body.dropping(rows: 1) }

  /// What the system job does: under its blocks, each a line, and two headings.
  var systemList: Rect { body.dropping(rows: 2 + SystemBlock.allCases.count) }

  /// What goes on and on: under the names of its panes, and a heading.
  var feedList: Rect { body.dropping(rows: 2) }

  /// The names of the panes of the sixth screen, in the first line of the body.
  var feedTabs: [(pane: FeedPane, text: String, columns: Range<Int>)] {
    var at = 1
    return FeedPane.allCases.map { pane in
      let text = " \(pane.rawValue) "
      defer { at += text.utf8.count }
      return (pane, text, at..<at + text.utf8.count)
    }
  }

  /// The output of a task under its heading.
  var log: Size { Size(rows: body.rows - 1, columns: size.columns) }
}

/// A line that is shown on every page as long as something is wrong or unusual.
enum Banner: Hashable {
  case connecting
  case lost
  case trouble(String)
  case frozen
  /// The person may more than others.
  case role(Role)

  static func all(_ model: ConsoleModel) -> [Banner] {
    var banners: [Banner] = model.raised.isRaised ? [.role(model.raised.role)] : []
    switch model.link {
    case .connecting(let since): if model.now - since > .seconds(1) { banners.append(.connecting) }
    case .lost: banners.append(.lost)
    case .connected: if !model.status.trouble.isEmpty { banners.append(.trouble(model.status.trouble)) }
    }
    if model.frozen != nil { banners.append(.frozen) }
    return banners
  }
}

/// The panes of a job's page.
struct JobLayout {
  /// What the job is called and how it stands.
  let title: Rect
  /// nil when there is no room.
  let blocksHeading: Int?
  let blocks: Rect
  /// Names the block whose tasks are below.
  let paneTitle: Int
  /// The heading of the list of tasks.
  let listHeading: Int
  let list: Rect
  /// Cells of the grid: `columns` is in cells, not in columns of the screen.
  let cells: Rect
  /// Says which task is under the grid's cursor.
  let detail: Int
  /// Columns for the number of a row's first task.
  let label: Int
  /// Whether there is a gap after each ten cells.
  let isGrouped: Bool

  init(_ page: JobPage?, in body: Rect) {
    title = body.top(1)
    let total = max(1, page?.blocks.total ?? 1)
    let isSmall = body.rows < 14
    // Blocks get what they need, up to a third of the room.
    let rows = min(total, max(isSmall ? 2 : 3, (body.rows - 4) / 3))
    blocksHeading = isSmall ? nil : body.row + 1
    blocks = Rect(row: body.row + (isSmall ? 1 : 2), column: body.column, rows: rows, columns: body.columns)
    paneTitle = blocks.row + blocks.rows
    let pane = Rect(
      row: paneTitle + 1, column: body.column, rows: body.row + body.rows - paneTitle - 1, columns: body.columns)
    listHeading = pane.row
    list = pane.dropping(rows: 1)
    detail = pane.row + pane.rows - 1

    let tasks = Int(page?.blocks.current?.counts.total ?? 0)
    label = max(3, String(max(0, tasks - 1)).utf8.count) + 2
    let room = max(1, body.columns - label - 1)
    isGrouped = room >= 10
    let most = isGrouped ? (room + 1) / 11 * 10 : room
    cells = Rect(
      row: pane.row, column: body.column + label, rows: max(1, pane.rows - 1),
      columns: Self.rowLengths.last { $0 <= most } ?? most)
  }

  /// Cells of a row: rows then begin at numbers that are easily read.
  private static let rowLengths = [10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000]

  /// The column of the screen where a cell of a row is.
  func column(ofCell cell: Int) -> Int { cells.column + cell + (isGrouped ? cell / 10 : 0) }

  /// The cell at a place of the screen, counted from the first; nil between cells.
  func cell(row: Int, column: Int) -> Int? {
    guard row >= cells.row, row < cells.row + cells.rows, column >= cells.column else { return nil }
    let offset = column - cells.column
    if isGrouped, offset % 11 == 10 { return nil }
    let cell = isGrouped ? offset / 11 * 10 + offset % 11 : offset
    return cell < cells.columns ? (row - cells.row) * cells.columns + cell : nil
  }
}

/// Where a dialog lies over the page.
struct DialogLayout {
  let frame: Rect
  let content: Rect
  /// First line of the content that is seen.
  var top = 0
  /// Rows for the entries of a list that has other lines as well.
  var listed = 0
  /// The buttons of a question.
  var cancel = Rect(row: 0, column: 0, rows: 0, columns: 0)
  var verb = Rect(row: 0, column: 0, rows: 0, columns: 0)

  init(_ overlay: Overlay, _ model: ConsoleModel) {
    let size = model.size
    switch overlay {
    case .help, .info, .answers, .reader:
      let lines = overlay.lines(model)
      if case .reader(let reader) = overlay, reader.isManual {
        (frame, content) = Self.centred(columns: min(size.columns - 2, 104), rows: size.rows, in: size)
      } else {
        (frame, content) = Self.centred(
          columns: min(size.columns - 2, max(44, (lines.map(\.width).max() ?? 0) + 4)), rows: lines.count, in: size)
      }
      top = overlay.top(lines: lines.count, rows: content.rows)
    case .menu(let menu):
      let width = menu.entries.map { Glyphs($0.title).width + 8 }.max() ?? 0
      (frame, content) = Self.centred(columns: max(width + 2, Glyphs(menu.title).width + 6), rows: menu.entries.count, in: size)
      top = max(0, menu.cursor - content.rows + 1)
    case .columns(let columns):
      (frame, content) = Self.centred(columns: 40, rows: columns.entries.count, in: size)
      top = max(0, columns.cursor - content.rows + 1)
    case .field(let field):
      let columns = min(72, size.columns - 2)
      let room = columns - 4
      let lines =
        FieldLines.title(field, columns: room) + FieldLines.fault(field, columns: room) + FieldLines.help(field, columns: room)
      (frame, content) = Self.centred(columns: columns, rows: lines.count + 1, in: size)
    case .parameters(let list):
      (frame, content) = Self.centred(columns: min(100, size.columns - 2), rows: list.rows.count + 2, in: size)
      // What a parameter means stands in the last line, where there is room.
      listed = max(1, content.rows - (content.rows > 5 ? 2 : 1))
      top = max(0, list.cursor - listed + 1)
    case .confirm(let question):
      let width = ([question.question] + question.lines).map { Glyphs($0).width }.max() ?? 0
      let columns = min(max(width + 4, question.verb.count + 20), min(size.columns - 2, 76))
      let lines = ConfirmLines.all(question, columns: columns - 4)
      (frame, content) = Self.centred(columns: columns, rows: lines.count + 2, in: size)
      let row = content.row + content.rows - 1
      let verbWidth = Glyphs(question.verb).width + 4
      let start = content.column + max(0, (content.columns - 10 - 3 - verbWidth) / 2)
      cancel = Rect(row: row, column: start, rows: 1, columns: 10)
      verb = Rect(row: row, column: start + 13, rows: 1, columns: verbWidth)
    }
  }

  private static func centred(columns: Int, rows: Int, in size: Size) -> (frame: Rect, content: Rect) {
    let width = min(columns, size.columns - 2)
    let height = min(rows + 2, size.rows - 2)
    let frame = Rect(row: max(1, (size.rows - height) / 2), column: (size.columns - width) / 2, rows: height, columns: width)
    let content = Rect(row: frame.row + 1, column: frame.column + 2, rows: frame.rows - 2, columns: frame.columns - 4)
    return (frame, content)
  }
}

enum ConfirmLines {
  /// The question and what it hits, wrapped.
  static func all(_ question: ConfirmOverlay, columns: Int) -> [String] {
    ([question.question] + question.lines).flatMap { wrapped($0, columns: max(8, columns)) }
  }

  /// Wrapped at spaces where there are some.
  static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
      let joined = line.isEmpty ? word : line + " " + word
      if Glyphs(joined).width <= columns {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = word
      while Glyphs(line).width > columns {
        let (head, tail) = cut(line, columns: columns)
        lines.append(head)
        line = tail
      }
    }
    lines.append(line)
    return lines
  }

  private static func cut(_ text: String, columns: Int) -> (String, String) {
    var head = ""
    var used = 0
    for character in text {
      let width = Glyphs(String(character)).width
      if used + width > columns, !head.isEmpty { break }
      used += width
      head.append(character)
    }
    return (head, String(text.dropFirst(head.count)))
  }
}
