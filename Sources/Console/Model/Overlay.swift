import Model

/// What lies over the page and has the keys.
enum Overlay: Sendable {
  case help(HelpOverlay)
  case menu(MenuOverlay)
  case confirm(ConfirmOverlay)
  case info(InfoOverlay)
  case columns(ColumnsOverlay)
  case reader(ReaderOverlay)
  case field(FieldOverlay)
  case parameters(ParametersOverlay)
  case answers(AnswersOverlay)
}

struct HelpOverlay: Sendable {
  var top = 0
}

/// A text that is read: a page of the manual, or what a command printed.
struct ReaderOverlay: Sendable {
  var title: String
  /// What begins in the first column is a heading.
  var isManual = true
  /// nil: not there yet.
  var lines: [String]?
  var failure: String?
  var top = 0
  var search: Search?
  /// The line that the search found.
  var match: Int?
}

/// A list of choices.
struct MenuOverlay: Sendable {
  struct Entry: Sendable {
    var title: String
    /// The key that does the same without the menu.
    var key: String
    var choice: MenuChoice
    /// Why it cannot be chosen; nil: it can.
    var refusal: String?
  }
  var title: String
  var entries: [Entry]
  var cursor = 0
}

enum MenuChoice: Hashable, Sendable {
  case order(Order.Kind, Action)
  /// What can be done to all rows that match the filter.
  case matching
  case matchingOrder(Order.Kind, Action)
  case jobsOrder(JobsQuery.Order)
  case rendersOrder(RendersQuery.Order)
  case usersOrder(UsersQuery.Order)
  case manual(String)
  case copy(String)
  /// Rings for events of this name, or no more; nil: only for one's own, or for everybody's.
  case ring(String?)
  case undo(UInt64)

  var isOrder: Bool {
    switch self {
    case .order, .matchingOrder: true
    default: false
    }
  }
}

/// A question before something is done. Cancel is chosen until the person chooses otherwise.
struct ConfirmOverlay: Sendable {
  var question: String
  /// What it hits, and what comes of it.
  var lines: [String]
  var verb: String
  var isVerbChosen = false
  var order: PendingOrder?
  /// A command of `reeve` that asked, instead of an order.
  var command: String?
}

/// Everything about a row.
struct InfoOverlay: Sendable {
  enum Subject: Hashable, Sendable {
    case job(JobID)
    case block(JobID, BlockIndex)
    case task(TaskKey)
    case render(RenderID)
    case user(String)
    case branch(String)
    case pool(String)
    /// A command of the system job.
    case command(UInt64)
    case event(UInt64)
    case serverLine(UInt64)
    case journal(UInt64)
    case explanation(ExplainTarget)
    /// Of a log of a node.
    case line(NodeLine)
    case run(TaskRun)

    var isExplanation: Bool { if case .explanation = self { true } else { false } }
  }
  var subject: Subject
  var top = 0
  /// For jobs: arrives after it was opened.
  var detail: JobDetail?
  /// For explanations likewise.
  var explanation: Explanation?
  var failure: String?
}

/// A line that is being typed at the bottom.
struct Prompt: Sendable {
  /// What is typed for `password` is never shown, nor how long it is, and never kept.
  enum Kind: Hashable, Sendable { case command, filter, search, save, password, tag }
  var kind: Kind
  var editor = LineEditor()
  /// Where the log stood before the search began.
  var origin = LogPlace()
  /// What the word may become.
  var hints: [String] = []
  /// The line of the history that is shown; nil: none.
  var recalled: Int?
  /// What was being typed before the history was looked at.
  var draft = ""

  var label: String {
    switch kind {
    case .command: ":"
    case .filter: "filter: "
    case .tag: "tag all that match: "
    case .search: "/"
    case .password: "Password (it is not shown): "
    case .save: "save to: "
    }
  }
}

/// What the status line says.
struct StatusMessage: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case plain, good, bad }
  var kind: Kind
  var text: String
  var since: Instant
  /// Of the order that it tells of.
  var undo: UndoOffer?

  /// How long it stands when nothing is typed: long enough to be read, longer if something went wrong.
  var life: Span { kind == .bad || undo != nil ? .seconds(30) : .seconds(10) }
}
