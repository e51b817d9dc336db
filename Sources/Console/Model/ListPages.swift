import Model

/// The list of users.
struct UsersPage: Sendable {
  var query = UsersQuery()
  var list = RowList<UserRow>()
  var filter = ""
}

/// A tree as a list of rows.
struct TreePage: Sendable {
  var list = RowList<TreeRow>()
  /// Nodes whose content is not shown. At most `Limits.closedNodes`.
  var closed: Set<String> = []

  /// Opens or closes what is under the cursor. Returns what is wrong with that.
  mutating func fold(open: Bool? = nil) -> String? {
    guard let row = list.current, let path = row.path else { return nil }
    if open ?? closed.contains(path) {
      closed.remove(path)
    } else {
      guard closed.count < Limits.closedNodes else { return "more than \(Limits.closedNodes) nodes cannot be closed: open some" }
      closed.insert(path)
    }
    return nil
  }

  /// Left: closes what is open, else goes to what the row is in. Right: opens, else goes on.
  mutating func side(_ action: Action) -> String? {
    guard let row = list.current else { return nil }
    let isNode = row.path.map { !closed.contains($0) }
    if action == .right {
      if isNode == false { return fold(open: true) }
      list.move(by: 1)
    } else {
      if isNode == true { return fold(open: false) }
      let above = (list.first..<max(list.first, list.cursor)).last { (list[$0]?.depth ?? .max) < row.depth }
      if let above { list.move(to: above) }
    }
    return nil
  }
}

/// The tree of branches with the jobs in them.
struct WorkPage: Sendable {
  var query = JobsQuery()
  var tree = TreePage()
  var filter = ""
}

/// The farm as a map: a cell a render, or a cell for several.
struct HeatPage: Sendable {
  var grid = TaskGrid()
  var isLoad = false
  /// Renders of the list; as the map last said.
  var total = 0
}

/// The three ways to look at the farm. They have their order and their filter in common.
enum FarmLook: Sendable { case tree, list, map }

/// The system job: its blocks, and what one of them does.
struct SystemPage: Sendable {
  var block = SystemBlock.postCommands
  var blocks: [SystemBlockSummary] = []
  var list = RowList<SystemTaskSummary>()
}

/// What all lists of rows can do, whatever is in them.
protocol PagedList: Sendable {
  var cursor: Int { get }
  var top: Int { get }
  var total: Int { get }
  var isLoaded: Bool { get }
  mutating func move(_ action: Action)
  mutating func move(to index: Int)
  mutating func scroll(by delta: Int)
  mutating func resize(height: Int)
  mutating func find(_ search: Search, forward: Bool) -> Bool
}

extension RowList: PagedList {
  mutating func find(_ search: Search, forward: Bool) -> Bool { find(forward: forward) { $0.isFound(by: search) } }
}

extension ConsoleModel {
  /// The list of the pages that are nothing but a list.
  var paged: (any PagedList)? {
    get {
      switch place {
      case .users: users.list
      case .work: work.tree.list
      case .farmTree: farmTree.list
      case .system: system.list
      case .events:
        switch feedPane {
        case .events: events.list
        case .serverLog: serverLog.list
        case .journal: journal.list
        }
      case .jobs, .renders, .heat, .job, .render, .task, .log: nil
      }
    }
    set {
      switch place {
      case .users: if let list = newValue as? RowList<UserRow> { users.list = list }
      case .work: if let list = newValue as? RowList<TreeRow> { work.tree.list = list }
      case .farmTree: if let list = newValue as? RowList<TreeRow> { farmTree.list = list }
      case .system: if let list = newValue as? RowList<SystemTaskSummary> { system.list = list }
      case .events:
        switch feedPane {
        case .events: if let list = newValue as? RowList<EventRow> { events.list = list }
        case .serverLog: if let list = newValue as? RowList<ServerLine> { serverLog.list = list }
        case .journal: if let list = newValue as? RowList<JournalEntry> { journal.list = list }
        }
      case .jobs, .renders, .heat, .job, .render, .task, .log: break
      }
    }
  }

  /// The tree that is seen.
  var tree: TreePage? {
    get { place == .work ? work.tree : place == .farmTree ? farmTree : nil }
    set {
      guard let newValue else { return }
      if place == .work { work.tree = newValue } else if place == .farmTree { farmTree = newValue }
    }
  }

  /// The job under the cursor, in the list or in the tree.
  var currentJob: JobSummary? { place == .work ? work.tree.list.current?.job : place == .jobs ? jobs.list.current : nil }

  /// The render under the cursor, in the list, in the tree or on the map.
  var currentRender: RenderSummary? {
    switch place {
    case .renders, .heat: renders.list.current
    case .farmTree: farmTree.list.current?.render
    case .render: render?.render
    default: nil
    }
  }

  /// Whether renders are what is seen.
  var isFarm: Bool { place == .renders || place == .farmTree || place == .heat }

  /// What is held of a render, wherever.
  func render(_ id: RenderID) -> RenderSummary? {
    (render?.id == id ? render?.render : nil) ?? renders.list.rows.first { $0.id == id }
      ?? farmTree.list.rows.lazy.compactMap(\.render).first { $0.id == id }
  }

  /// Anything that was ever shown.
  var hasShown: Bool {
    jobs.list.isLoaded || renders.list.isLoaded || users.list.isLoaded || work.tree.list.isLoaded || farmTree.list.isLoaded
      || system.list.isLoaded || events.list.isLoaded || serverLog.list.isLoaded || journal.list.isLoaded
  }

  // MARK: - What keys do there

  /// The renders are listed in another order, or others of them.
  mutating func clearFarm() {
    renders.list.clear()
    farmTree.list.clear()
    heat.grid.clear()
    heat.total = 0
  }

  mutating func moveOnMap(_ action: Action) {
    heat.grid.move(action)
    renders.list.move(to: heat.grid.cursor)
  }

  mutating func turnFarm() {
    farmLook = farmLook == .tree ? .list : farmLook == .list ? .map : .tree
    if farmLook == .map { heat.grid.move(to: renders.list.cursor) }
  }

  mutating func fold(_ action: Action) {
    let fault = action == .fold ? tree?.fold() : tree?.side(action)
    if let fault { say(fault, .bad) }
  }

  mutating func turnSystemBlock(by delta: Int) {
    let all = SystemBlock.allCases
    guard let at = all.firstIndex(of: system.block) else { return }
    system.block = all[(at + delta + all.count) % all.count]
    system.list.clear()
  }

  /// The jobs of the user under the cursor.
  mutating func openUser() -> [ConsoleEffect] {
    guard let name = users.list.current?.summary.name else { return [] }
    let effects = thaw()
    screen = .jobs
    trails[screen.number - 1] = Trail()
    var query = JobsQuery()
    query.user = name
    query.order = jobs.query.order
    query.isDescending = jobs.query.isDescending
    if query != jobs.query { jobs.list.clear() }
    jobs.query = query
    jobs.filter = "user:\(name)"
    return effects
  }
}
