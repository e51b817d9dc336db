import Model

/// Where the parts of a render's page are. Where there is no room for all, only the pane that has the keys is shown.
struct RenderLayout {
  /// What it is called and how it stands.
  let title: Int
  /// Lines that tell of the machine.
  let facts: Rect
  /// Says for how long the resources are shown; nil: there is no room.
  let resourcesTitle: Int?
  /// A line for each resource.
  let resources: Rect
  /// nil: not shown now.
  var tasksTitle: Int?
  var tasks: Rect?
  var logTitle: Int?
  var log: Rect?
  /// That Tab goes through.
  let panes: [RenderPage.Pane]

  init(_ page: RenderPage, in body: Rect) {
    let all = RenderResource.all(page.render?.resources).count
    let isRoomy = body.rows >= 20
    title = body.row
    let factRows = isRoomy ? 2 : body.rows >= 12 ? 1 : 0
    facts = Rect(row: body.row + 1, column: body.column, rows: factRows, columns: body.columns)
    panes = isRoomy ? [.tasks, .log] : [.tasks, .log, .resources]
    var row = facts.row + factRows
    let end = body.row + body.rows
    func rest(_ rows: Int) -> Rect { Rect(row: row, column: body.column, rows: max(1, rows), columns: body.columns) }
    if !isRoomy, page.pane == .resources {
      resourcesTitle = row
      row += 1
      resources = rest(end - row)
      return
    }
    resourcesTitle = isRoomy ? row : nil
    if isRoomy { row += 1 }
    resources = rest(isRoomy ? all : body.rows >= 12 ? 3 : 2)
    row += resources.rows
    let wanted = max(1, page.running.total)
    if end - row >= 9 {
      tasksTitle = row
      let rows = min(wanted, max(1, (end - row - 3) / 3))
      row += 2
      tasks = rest(rows)
      row += rows
      logTitle = row
      row += 2
      log = rest(end - row)
    } else if page.pane == .log {
      logTitle = row
      row += 2
      log = rest(end - row)
    } else {
      tasksTitle = row
      row += 2
      tasks = rest(end - row)
    }
  }
}

/// Where the parts of a task's page are, likewise.
struct TaskLayout {
  let title: Int
  let facts: Rect
  var runsTitle: Int?
  var runs: Rect?
  var hostsTitle: Int?
  var hosts: Rect?
  var logTitle: Int?
  var log: Rect?

  init(_ page: TaskPage, in body: Rect) {
    title = body.row
    let factRows = body.rows >= 12 ? 2 : 1
    facts = Rect(row: body.row + 1, column: body.column, rows: factRows, columns: body.columns)
    var row = facts.row + factRows
    let end = body.row + body.rows
    /// A pane with its title and its heading.
    func pane(_ rows: Int) -> (title: Int, rect: Rect) {
      let title = row
      let rect = Rect(row: row + 2, column: body.column, rows: max(1, rows - 2), columns: body.columns)
      row += rows
      return (title, rect)
    }
    let room = end - row
    guard room >= 15 else {
      let (title, rect) = pane(room)
      switch page.pane {
      case .runs: (runsTitle, runs) = (title, rect)
      case .hosts: (hostsTitle, hosts) = (title, rect)
      case .log: (logTitle, log) = (title, rect)
      }
      return
    }
    // Runs and renders get what they need, up to a third of the room each; the log gets the rest.
    var all = pane(min(max(1, page.runs.total), room / 3 - 2) + 2)
    (runsTitle, runs) = (all.title, all.rect)
    all = pane(min(max(1, page.hosts.total), room / 3 - 2) + 2)
    (hostsTitle, hosts) = (all.title, all.rect)
    all = pane(end - row)
    (logTitle, log) = (all.title, all.rect)
  }
}
