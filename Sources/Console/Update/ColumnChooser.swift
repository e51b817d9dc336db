import Model

extension ConsoleModel {
  /// The list that has the keys; nil: no list with columns.
  var list: ListID? {
    switch place {
    case .jobs: .jobs
    case .renders: .renders
    case .job:
      switch job?.pane {
      case .blocks?: .blocks
      case .list?: .tasks
      default: nil
      }
    case .users: .users
    case .work: .work
    case .farmTree: .farm
    case .system: .commands
    case .events:
      switch feedPane {
      case .events: .events
      case .serverLog: .serverLog
      case .journal: .journal
      }
    case .log, .render, .task, .heat: nil
    }
  }

  mutating func openColumns() {
    guard let list else { return say("columns belong to lists: v shows tasks and renders as one", .bad) }
    overlay = .columns(ColumnsOverlay(list, standard: Painter.columns(of: list, self), look: looks[list] ?? ListLook()))
  }

  mutating func turnDensity(to wanted: Density) {
    density = wanted
    say("density: \(wanted.rawValue)")
  }

  /// Keys of the chooser: those of moving, and its own.
  mutating func handle(columns: ColumnsOverlay, _ key: KeyStroke, isCancel: Bool) {
    var chooser = columns
    switch key {
    case _ where isCancel:
      overlay = nil
      return say("the columns are as they were")
    case KeyStroke(.enter):
      looks[chooser.list] = chooser.look
      overlay = nil
      return
    case KeyStroke(.character(" ")): chooser.toggle()
    case KeyStroke(.up, .shift), KeyStroke(.character("<")): chooser.carry(by: -1)
    case KeyStroke(.down, .shift), KeyStroke(.character(">")): chooser.carry(by: 1)
    case KeyStroke(.character("0")): chooser.reset()
    default: chooser.move(to: scrolled(chooser.cursor, by: key, page: chooser.entries.count))
    }
    overlay = .columns(chooser)
  }
}
