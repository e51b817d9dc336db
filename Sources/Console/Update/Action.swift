/// What a person can make the console do. Keys, menu entries, help and the command line are ways to these.
enum Action: String, Sendable, CaseIterable {
  // Everywhere
  case jobs, work, farm, users, system, events, stats, servers
  case help, manual, command, back, quit, theme, density, freeze, repaint, suspend, reconnect, undo, undos
  case superUser = "super-user"
  // Moving
  case down, up, left, right
  case pageDown = "page-down"
  case pageUp = "page-up"
  case halfDown = "half-page-down"
  case halfUp = "half-page-up"
  case first, last
  // Lists
  case open, actions, info, filter, sort, search
  case nextMatch = "next-match"
  case previousMatch = "previous-match"
  case reverseSort = "reverse-sort"
  case mine, tag, untag, columns
  case tagMatching = "tag-matching"
  case explain, copy
  // Events
  case ring, journal
  case serverLog = "server-log"
  // Trees, the farm
  case fold
  case farmView = "farm-view"
  case heatBy = "map-by"
  // A job
  case nextPane = "next-pane"
  case previousPane = "previous-pane"
  case gridOrList = "grid-or-list"
  case nextBlock = "next-block"
  case previousBlock = "previous-block"
  case zoomIn = "zoom-in"
  case zoomOut = "zoom-out"
  case zoomFit = "zoom-fit"
  case log, runs
  // A log
  case follow, wrap, times, save, pager
  case nextError = "next-error"
  case previousError = "previous-error"
  case olderStart = "older-start"
  case newerStart = "newer-start"
  // What changes the farm: named in the table of orders
  case start, pause, stop, restart, skip, done, delete, nimby, NIMBY, free, eject, sleep, wake, priority, annotation, owner, move
  case capacity, ticket, create, set
  case restartErrors = "restart-errors"
  case restartRunning = "restart-running"
  case restartSkipped = "restart-skipped"
  case restartDone = "restart-done"
  case restartWarnings = "restart-warnings"
  case restartPause = "restart-pause"
  case restartWithDepends = "restart-with-depends"
  case restartBlock = "restart-block"
  case suspendTasks = "suspend-tasks"
  case continueTasks = "continue"
  case resetErrorHosts = "reset-error-hosts"
  case tryNext = "try-next"
  case notTryNext = "not-try-next"
  case ejectNotOwn = "eject-not-own"
  case healSick = "heal-sick"
  case restoreDefaults = "restore-defaults"
  case maxTasks = "max-tasks"
  case serviceAdd = "service-add"
  case serviceRemove = "service-remove"
  case serviceEnable = "service-enable"
  case serviceDisable = "service-disable"
  case hostTicket = "host-ticket"
  case customData = "custom-data"

  /// Where an action has its keys.
  enum Scope: String, Sendable, CaseIterable {
    case everywhere = "Everywhere"
    case moving = "Moving"
    case lists = "Lists"
    case jobs = "Jobs"
    case renders = "Farm"
    case tree = "A tree"
    case heat = "The map of the farm"
    case users = "Users"
    case system = "The system job"
    case events = "Events"
    case job = "A job"
    case grid = "The grid of tasks"
    case taskList = "The list of tasks"
    case renderPage = "A render"
    case taskPage = "A task"
    case log = "A log"
    case orders = "Orders on jobs, blocks, tasks and branches"
    case farmOrders = "Orders on renders and pools"
    case userOrders = "Orders on users"
    case systemOrders = "Orders on the system job"

    /// As key files have it: `task-list`.
    var name: String { Theme.kebab("\(self)") }
  }

  /// One line of the table of actions.
  struct Entry: Sendable {
    var action: Action
    var scope: Scope
    var keys: [KeyStroke]
    /// For the help overlay and the man page.
    var help: String
  }

  /// The one table of actions. The first key is the one that hints and menus show.
  static let table: [Entry] =
    [
      entry(.help, .everywhere, "?", help: "the keys; again or Esc to leave"),
      entry(.manual, .everywhere, "F1", help: "the manual pages, to be read here"),
      entry(.jobs, .everywhere, "1", help: "screen: jobs"),
      entry(.work, .everywhere, "2", help: "screen: work, the tree of branches with their jobs"),
      entry(.farm, .everywhere, "3", help: "screen: the farm, as a tree, a list or a map of renders"),
      entry(.users, .everywhere, "4", help: "screen: users"),
      entry(.system, .everywhere, "5", help: "screen: the system job"),
      entry(.events, .everywhere, "6", help: "screen: events; again from another pane of it"),
      entry(.serverLog, .everywhere, "L", help: "screen: the server's own log, a pane beside the events"),
      entry(.journal, .everywhere, "J", help: "screen: the journal, who changed what, a pane beside the events"),
      entry(.stats, .everywhere, "7", help: "screen: statistics"),
      entry(.servers, .everywhere, "8", help: "screen: servers"),
      entry(.back, .everywhere, "q", "Esc", "Backspace", help: "back to where this was opened"),
      entry(.quit, .everywhere, "Q", help: "leave reeve-watch"),
      entry(
        .command, .everywhere, ":",
        help: "type a command: an action's name, theme NAME, or what reeve(1) knows: set jobs 12 priority=50"),
      entry(.superUser, .everywhere, "!", help: "super-user mode: asks for a password; again to end it"),
      entry(.freeze, .everywhere, "z", help: "freeze the picture; again to go on"),
      entry(.undo, .everywhere, "U", help: "take back the last order that was given here, for as long as the status line says"),
      entry(.undos, .everywhere, "Z", help: "what can be taken back, whoever ordered it: a list to choose from"),
      entry(.theme, .everywhere, "T", help: "next theme"),
      entry(.density, .everywhere, "d", help: "density: full words, short ones, letters"),
      entry(.repaint, .everywhere, "Ctrl-L", help: "paint the screen anew"),
      entry(.suspend, .everywhere, "Ctrl-Z", help: "suspend; the shell's fg comes back"),
      entry(.reconnect, .everywhere, "Ctrl-R", help: "without a connection: try again at once"),

      entry(.down, .moving, "Down", "j", "Ctrl-N", help: "down"),
      entry(.up, .moving, "Up", "k", "Ctrl-P", help: "up"),
      entry(.pageDown, .moving, "PgDn", "Ctrl-F", help: "a page down"),
      entry(.pageUp, .moving, "PgUp", "Ctrl-B", help: "a page up"),
      entry(.halfDown, .moving, "Ctrl-D", help: "half a page down"),
      entry(.halfUp, .moving, "Ctrl-U", help: "half a page up"),
      entry(.first, .moving, "g", "Home", help: "to the top"),
      entry(.last, .moving, "G", "End", help: "to the bottom"),
      entry(.left, .moving, "Left", help: "left, where there is a left"),
      entry(.right, .moving, "Right", help: "right"),

      entry(.open, .lists, "Enter", help: "open: a job's tasks, a task's log, a render's page"),
      entry(.actions, .lists, "a", help: "a menu of what can be done to the row, the tagged rows, or all that match the filter"),
      entry(.info, .lists, "i", help: "everything about the row"),
      entry(.explain, .lists, "x", help: "why it waits, and the way out"),
      entry(.copy, .lists, "y", help: "copy: the row's number, its name, a command for it"),
      entry(.filter, .lists, "f", help: "filter: text, user:NAME, state:err, prio>50, host~r0; ! inverts; empty shows all"),
      entry(.search, .lists, "/", help: "search the rows at hand"),
      entry(.nextMatch, .lists, "n", help: "next match"),
      entry(.previousMatch, .lists, "N", help: "match before"),
      entry(.tag, .lists, "Space", help: "tag the row, or untag it"),
      entry(.tagMatching, .lists, "*", help: "tag all rows that match what is typed, as for a filter"),
      entry(.untag, .lists, "u", help: "untag all"),
      entry(.columns, .lists, "c", help: "choose the columns: which, and in what order"),

      entry(.sort, .jobs, "s", help: "sort by…"),
      entry(.reverseSort, .jobs, "S", help: "turn the order round"),
      entry(.mine, .jobs, "m", help: "only my jobs, or everybody's"),
      entry(.sort, .renders, "s", help: "sort by…"),
      entry(.reverseSort, .renders, "S", help: "turn the order round"),
      entry(.log, .renders, "l", help: "the log of the first task that it runs"),
      entry(.farmView, .renders, "v", help: "the farm as a tree of pools, as a list, as a map"),

      entry(.fold, .tree, "t", help: "open or close a branch or a pool; so does Enter on one"),
      entry(.left, .tree, "Left", "h", help: "close; or to what the row is in"),
      entry(.right, .tree, "Right", help: "open; or on"),

      entry(.heatBy, .heat, "b", help: "the letters: state, or load in tens of per cent"),
      entry(.left, .heat, "h", help: "left"),
      entry(.right, .heat, "Right", help: "right"),
      entry(.zoomIn, .heat, "+", "=", help: "fewer renders a cell"),
      entry(.zoomOut, .heat, "-", help: "more renders a cell"),
      entry(.zoomFit, .heat, "0", help: "the whole farm on the screen"),

      entry(.open, .users, "Enter", help: "the user's jobs"),
      entry(.sort, .users, "s", help: "sort by…"),
      entry(.reverseSort, .users, "S", help: "turn the order round"),

      entry(.nextBlock, .system, "]", "Tab", help: "next block"),
      entry(.previousBlock, .system, "[", "Shift-Tab", help: "block before"),
      entry(.open, .system, "Enter", "l", help: "the task's log; of what still waits, everything about it"),

      entry(.runs, .system, "r", help: "the page of the task"),

      entry(.nextPane, .events, "Tab", help: "next pane: events, the server's log, the journal"),
      entry(.previousPane, .events, "Shift-Tab", help: "pane before"),
      entry(.follow, .events, "F", help: "stay at the end as more comes"),
      entry(.filter, .events, "f", help: "show only rows with all these words, each an expression; !word: without it"),
      entry(.nextError, .events, "]", help: "next row that tells of something wrong"),
      entry(.previousError, .events, "[", help: "row before that tells of something wrong"),
      entry(.ring, .events, "b", help: "ring the bell for events: choose which"),
      entry(.open, .events, "Enter", help: "the job that it is about"),

      entry(.nextPane, .job, "Tab", help: "next pane: blocks, grid, list"),
      entry(.previousPane, .job, "Shift-Tab", help: "pane before"),
      entry(.gridOrList, .job, "v", help: "tasks as a grid or as a list"),
      entry(.nextBlock, .job, "]", help: "next block"),
      entry(.previousBlock, .job, "[", help: "block before"),
      entry(.runs, .job, "r", help: "the task's page: its runs, its error hosts, what was written about it"),
      entry(.log, .taskList, "l", help: "the task's log"),
      entry(.left, .grid, "h", help: "left"),
      entry(.right, .grid, "l", help: "right"),
      entry(.zoomIn, .grid, "+", "=", help: "fewer tasks a cell"),
      entry(.zoomOut, .grid, "-", help: "more tasks a cell"),
      entry(.zoomFit, .grid, "0", help: "all tasks on the screen"),

      entry(.nextPane, .renderPage, "Tab", help: "next pane: what runs, the log; resources where there is no room for all"),
      entry(.previousPane, .renderPage, "Shift-Tab", help: "pane before"),
      entry(.open, .renderPage, "Enter", "l", help: "the log of the task; of a line all of it"),
      entry(.runs, .renderPage, "r", help: "the page of the task"),

      entry(.nextPane, .taskPage, "Tab", help: "next pane: runs, error hosts, log"),
      entry(.previousPane, .taskPage, "Shift-Tab", help: "pane before"),
      entry(.open, .taskPage, "Enter", help: "the output of the run; of a line all of it"),
      entry(.log, .taskPage, "l", help: "the output of the last run"),

      entry(.runs, .log, "r", help: "the task's page: its runs, its error hosts, what was written about it"),
      entry(.follow, .log, "F", help: "stay at the end as more comes"),
      entry(.wrap, .log, "w", help: "wrap long lines, or scroll sideways"),
      entry(.times, .log, "t", help: "when each line came, as far as it came while this was open"),
      entry(.left, .log, "h", help: "left"),
      entry(.right, .log, "l", help: "right"),
      entry(.search, .log, "/", help: "search"),
      entry(.nextMatch, .log, "n", help: "next match"),
      entry(.previousMatch, .log, "N", help: "match before"),
      entry(.filter, .log, "f", help: "show only lines that match an expression; ! inverts; empty shows all"),
      entry(.nextError, .log, "]", help: "next line that tells of an error"),
      entry(.previousError, .log, "[", help: "line before that tells of an error"),
      entry(.save, .log, "s", help: "save what is held of the output to a file"),
      entry(.pager, .log, "p", help: "read it in $PAGER"),
      entry(.copy, .log, "y", help: "copy: the line, the output, a command for it"),
      entry(.explain, .log, "x", help: "why the task waits, and the way out"),
      entry(.olderStart, .log, "<", help: "the output of the start before"),
      entry(.newerStart, .log, ">", help: "the output of the next start"),
      entry(.info, .log, "i", help: "everything about the task"),
      entry(.actions, .log, "a", help: "a menu of what can be done to the task"),
    ] + [Scope.orders, .farmOrders, .userOrders, .systemOrders].flatMap(Order.entries)

  private static func entry(_ action: Action, _ scope: Scope, _ keys: String..., help: String) -> Entry {
    Entry(action: action, scope: scope, keys: keys.compactMap(KeyStroke.init), help: help)
  }
}
