import Model

/// The list of jobs.
struct JobsPage: Sendable {
  var query = JobsQuery()
  var list = RowList<JobSummary>()
  /// As it was typed.
  var filter = ""
  var search: Search?
}

/// The farm: the list of renders.
struct RendersPage: Sendable {
  var query = RendersQuery()
  var list = RowList<RenderSummary>()
  var filter = ""
  var search: Search?
}

/// One job: its blocks above, the tasks of one of them below, as a grid or as a list.
struct JobPage: Sendable {
  enum Pane: Sendable { case blocks, grid, list }

  let id: JobID
  /// As the list showed it; kept up to date from then on.
  var job: JobSummary?
  var blocks = RowList<BlockSummary>()
  var pane = Pane.grid
  /// What is seen below the blocks: the pane that last had the keys, if it is one of these two.
  var showsList = false
  var grid = TaskGrid()
  /// The task under the grid's cursor, and some around it.
  var details = RowList<TaskSummary>()
  var tasks = RowList<TaskSummary>()
  /// Whose tasks `grid`, `details` and `tasks` hold.
  var shownBlock: BlockIndex?
  /// Of the list of tasks.
  var state: StateBits = []
  var filter = ""
  var search: Search?
  /// Why there is nothing to be seen any more.
  var gone: String?

  init(id: JobID, job: JobSummary?) {
    self.id = id
    self.job = job
  }

  /// The block whose tasks are shown.
  var block: BlockIndex? { blocks.current?.block }
}

/// The output of one task.
struct LogPage: Sendable {
  let key: TaskKey
  var jobName: String
  /// Which start is asked for; 0: the last.
  var start: Int32 = 0
  /// As it came with the output: which start this is.
  var task: TaskSummary?
  /// As it stands now.
  var live: TaskSummary?
  /// Goes on to the next start when the task is started again.
  var isNewest = true
  var buffer = LogBuffer()
  var isEnd = false
  var hasBegun = false
  var failure: String?

  /// Stays at the end as more comes.
  var follows = true
  var wraps = false
  /// The time at which a line came stands before it.
  var showsTimes = false
  /// What comes was there before: nobody knows when it was written.
  var isCatchingUp = true
  var lastPortion = Instant.never
  /// First line on screen, counted in those that are shown, and which of its rows when it is wrapped.
  var top = LogPlace()
  /// Columns that are scrolled past, when lines are not wrapped.
  var left = 0
  var search: Search?
  /// Which lines are shown; nil: all.
  var filter: LineFilter?
  /// The line of the match where the search is.
  var match: Int?
  /// Rows and columns of the text on screen.
  var size = Size(rows: 1, columns: 80)

  init(key: TaskKey, jobName: String) {
    self.key = key
    self.jobName = jobName
  }
}

/// A row of wrapped output: a line, and which of its rows.
struct LogPlace: Hashable, Comparable, Sendable {
  var line = 0
  var row = 0
  static func < (a: LogPlace, b: LogPlace) -> Bool { (a.line, a.row) < (b.line, b.row) }
}
