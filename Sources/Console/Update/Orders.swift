import Model

/// What an order would hit, as the rows stood when it was given. The order goes by ids, so that nothing else is hit if rows move.
struct Target: Sendable {
  var operation: Operation
  /// `job 12 “shot_010”`, `3 jobs`, `task 17 “frame 18” of job 12 “shot_010”`.
  var subject: String
  /// One line for each thing that is hit, as far as it helps.
  var lines: [String] = []
  /// Things of the kind that was pointed at.
  var count = 1
  /// Of the jobs that are meant.
  var owners: [String?] = []
  /// Owners that are not the person at the console.
  var others: [String] = []
}

extension ConsoleModel {
  /// The operations that make sense for what is seen.
  var kinds: [Operation.Kind] {
    switch place {
    case .jobs, .work: [.start, .pause, .stop, .restart, .restartErrors, .delete]
    case .renders, .farmTree, .heat, .users, .system, .events: []
    case .job: job?.pane == .blocks ? [.restart, .restartErrors, .skip, .stop, .start, .pause, .delete] : taskKinds
    case .log: [.restart, .skip, .stop]
    }
  }

  private var taskKinds: [Operation.Kind] { [.restart, .skip, .stop, .restartErrors, .start, .pause, .delete] }

  /// What an operation would hit; nil when there is nothing under the cursor.
  func target(of kind: Operation.Kind) -> Target? {
    switch place {
    case .jobs, .work: jobsTarget(kind)
    case .renders, .farmTree, .heat, .users, .system, .events: nil
    case .job, .log:
      if kind.isForJobsOnly || (kind == .stop && place == .job && job?.pane == .blocks && job?.blocks.total == 1) {
        (job?.job).map { jobTarget(kind, [$0]) }
      } else if let page = job, log == nil, page.pane == .blocks {
        blockTarget(kind, page)
      } else {
        tasksTarget(kind)
      }
    }
  }

  private func jobsTarget(_ kind: Operation.Kind) -> Target? {
    if !tags.jobs.isEmpty { return jobTarget(kind, tags.jobs.values.sorted { $0.id < $1.id }) }
    return currentJob.map { jobTarget(kind, [$0]) }
  }

  private func jobTarget(_ kind: Operation.Kind, _ rows: [JobSummary]) -> Target {
    let operation = Operation(kind: kind, jobs: .ids(rows.map(\.id)))
    var target = Target(operation: operation, subject: rows.count == 1 ? Self.name(rows[0]) : "\(rows.count) jobs")
    target.count = rows.count
    target.owners = rows.map(\.user)
    target.others = Set(rows.map(\.user)).subtracting([options.user]).sorted()
    if rows.count == 1 {
      target.lines = [Self.tally(rows[0].counts)]
    } else {
      target.lines = rows.prefix(6).map { "\($0.id) \($0.name) (\($0.user))" }
      if rows.count > 6 { target.lines.append("and \(rows.count - 6) more") }
    }
    return target
  }

  private func blockTarget(_ kind: Operation.Kind, _ page: JobPage) -> Target? {
    guard let block = page.blocks.current else { return nil }
    var target = Target(
      operation: Operation(kind: kind, jobs: .ids([page.id]), block: .index(block.block)),
      subject: "block \(block.block) “\(block.name)” of \(name(page))")
    target.lines = [Self.tally(block.counts)]
    target.owners = owners(page.job)
    target.others = others(page.job)
    return target
  }

  private func tasksTarget(_ kind: Operation.Kind) -> Target? {
    if log == nil, let page = job, page.pane == .list, !tags.tasks.isEmpty { return taggedTarget(kind, page) }
    guard let key = chosenTask else { return nil }
    let page = log == nil ? job : nil
    var range = Int64(key.task.value)...Int64(key.task.value)
    if let grid = page?.grid, page?.pane == .grid, grid.chosen.count > 1 {
      range = Int64(grid.chosen.lowerBound)...Int64(grid.chosen.upperBound - 1)
    }
    let operation = Operation(
      kind: kind, jobs: .ids([key.job]), block: .index(key.block),
      tasks: [TaskRange(first: range.lowerBound, last: range.upperBound)])
    let owner = job?.job ?? jobs.list.rows.first { $0.id == key.job }
    let whose = job.map(name) ?? owner.map(Self.name) ?? "job \(key.job)"
    var target: Target
    if range.count > 1 {
      target = Target(operation: operation, subject: "tasks \(range.lowerBound)–\(range.upperBound) of \(whose)")
      target.count = range.count
    } else {
      target = Target(operation: operation, subject: "task \(key.task) of \(whose)")
      let row = log?.live ?? (page?.pane == .list ? page?.tasks.current : page?.details.current)
      if let row, row.key == key { target.lines = ["“\(row.name)”: \(StateWords.text(StateWords.bits(row)))"] }
    }
    target.lines.append("block \(key.block)")
    target.owners = owners(owner)
    target.others = others(owner)
    return target
  }

  private func taggedTarget(_ kind: Operation.Kind, _ page: JobPage) -> Target? {
    let keys = tags.tasks.keys.filter { $0.job == page.id && $0.block == page.block }.sorted()
    guard let first = keys.first else { return nil }
    let ranges = keys.map { TaskRange(first: Int64($0.task.value), last: Int64($0.task.value)) }
    var target = Target(
      operation: Operation(kind: kind, jobs: .ids([page.id]), block: .index(first.block), tasks: ranges),
      subject: "\(keys.count) tasks of \(name(page))")
    target.count = keys.count
    target.lines = keys.prefix(6).map { "\($0.task) “\(tags.tasks[$0] ?? "")”" }
    if keys.count > 6 { target.lines.append("and \(keys.count - 6) more") }
    target.owners = owners(page.job)
    target.others = others(page.job)
    return target
  }

  /// Of a job that is not known nothing is refused here.
  private func owners(_ row: JobSummary?) -> [String?] { row.map { [$0.user] } ?? [] }
  private func others(_ row: JobSummary?) -> [String] { row.map { $0.user == options.user ? [] : [$0.user] } ?? [] }
  private func name(_ page: JobPage) -> String { page.job.map(Self.name) ?? "job \(page.id)" }
  private static func name(_ row: JobSummary) -> String { "job \(row.id) “\(row.name)”" }

  private static func tally(_ counts: TaskCounts) -> String {
    var parts = ["\(counts.total) \(counts.total == 1 ? "task" : "tasks")"]
    if counts.done > 0 { parts.append("\(counts.done) done") }
    if counts.running > 0 { parts.append("\(counts.running) running") }
    if counts.error > 0 { parts.append("\(counts.error) \(counts.error == 1 ? "error" : "errors")") }
    return parts.joined(separator: ", ")
  }

  // MARK: - Giving

  /// Why nothing can be ordered at all; nil: it can.
  var orderRefusal: String? {
    if options.isReadOnly { return "nothing can be changed: started with --read-only" }
    if !link.isConnected { return "nothing can be changed: no connection to the server" }
    return nil
  }

  /// Gives an order to the server, or asks first: about what cannot be taken back, what hits many, and what is another's.
  mutating func order(_ kind: Operation.Kind) -> [ConsoleEffect] {
    if let refusal = orderRefusal {
      say(refusal, .bad)
      return []
    }
    guard kinds.contains(kind) else {
      say("\(kind.word) does nothing here: a shows what can be done", .bad)
      return []
    }
    guard let target = target(of: kind) else {
      say("there is no row here to \(kind.word)", .bad)
      return []
    }
    if let refusal = roleRefusal(of: target) {
      say(refusal, .bad)
      return []
    }
    let order = PendingOrder(what: .operation(target.operation), subject: target.subject)
    guard kind.isAskedFirst || target.count > 1 || !target.others.isEmpty else { return send(order) }
    var lines = target.lines
    if !target.others.isEmpty {
      lines.append(
        target.count > 1
          ? "Some belong to \(target.others.joined(separator: ", "))." : "It belongs to \(target.others[0]), not to you.")
    }
    if let warning = kind.warning { lines.append(warning) }
    overlay = .confirm(
      ConfirmOverlay(question: "\(kind.title) \(target.subject)?", lines: lines, verb: kind.button, order: order))
    return []
  }

  mutating func confirmed(_ question: ConfirmOverlay) -> [ConsoleEffect] {
    overlay = nil
    if let refusal = orderRefusal {
      say(refusal, .bad)
      return []
    }
    return send(question.order)
  }

  mutating func send(_ order: PendingOrder) -> [ConsoleEffect] {
    lastRequest += 1
    pending[lastRequest] = order
    say("\(order.word) \(order.subject)…")
    switch order.what {
    case .operation(let operation): return [.operate(lastRequest, operation)]
    case .renders(let kind, let names): return [.operateRenders(lastRequest, kind, names)]
    }
  }

  mutating func operated(_ request: RequestNumber, _ result: Result<[OperationOutcome], Failure>) {
    guard let order = pending.removeValue(forKey: request) else { return }
    let what = "\(order.word) \(order.subject)"
    switch result {
    case .failure(let failure): say("\(what): \(failure.message)", .bad)
    case .success(let outcomes):
      let refused = outcomes.filter { !$0.isDone }
      if let first = refused.first {
        let more = refused.count > 1 ? " (and \(refused.count - 1) more were refused)" : ""
        say("\(what): \(first.message)\(more)", .bad)
      } else {
        let message = outcomes.count == 1 ? outcomes[0].message : "done"
        say("\(what): \(message.isEmpty ? "done" : message)", .good)
      }
      for outcome in outcomes where outcome.isDone { tags.jobs[outcome.job] = nil }
      if case .operation(let operation) = order.what, operation.tasks.count > 1 { tags.tasks = [:] }
    }
  }

  // MARK: - Menus and panels

  mutating func openActions() {
    let scopes = scopes
    if isFarm { return openRenderActions() }
    guard let first = kinds.first, let subject = target(of: first)?.subject else { return say("there is no row here", .bad) }
    let entries = kinds.map { kind in
      // What is hit stands above; an entry names it only if it hits something else.
      let other = target(of: kind).flatMap { $0.subject == subject ? nil : $0.subject }
      return MenuOverlay.Entry(
        title: other.map { "\(kind.title) \($0)" } ?? kind.plain,
        key: Action(rawValue: kind.word).map { keys.key(of: $0, in: scopes) } ?? "", choice: .operation(kind),
        refusal: orderRefusal ?? target(of: kind).map(roleRefusal(of:)) ?? "there is no row here")
    }
    overlay = .menu(MenuOverlay(title: subject, entries: entries))
  }

  mutating func openSort() {
    var menu = MenuOverlay(title: "Sort by", entries: [])
    if place == .users {
      menu.entries = UsersQuery.Order.allCases.map { .init(title: $0.rawValue, key: "", choice: .usersOrder($0)) }
      menu.cursor = UsersQuery.Order.allCases.firstIndex(of: users.query.order) ?? 0
    } else if isFarm {
      menu.entries = RendersQuery.Order.allCases.map { .init(title: $0.rawValue, key: "", choice: .rendersOrder($0)) }
      menu.cursor = RendersQuery.Order.allCases.firstIndex(of: renders.query.order) ?? 0
    } else {
      menu.entries = JobsQuery.Order.allCases.map { .init(title: $0.rawValue, key: "", choice: .jobsOrder($0)) }
      menu.cursor = JobsQuery.Order.allCases.firstIndex(of: place == .work ? work.query.order : jobs.query.order) ?? 0
    }
    overlay = .menu(menu)
  }

  mutating func openInfo() -> [ConsoleEffect] {
    switch place {
    case .jobs, .work, .renders, .farmTree, .heat:
      if let row = currentJob { return openInfo(job: row.id) }
      if let row = currentRender {
        overlay = .info(InfoOverlay(subject: .render(row.id)))
      } else if case .branch(let row)? = tree?.list.current?.node {
        overlay = .info(InfoOverlay(subject: .branch(row.path)))
      } else if case .pool(let row)? = tree?.list.current?.node {
        overlay = .info(InfoOverlay(subject: .pool(row.path)))
      }
    case .users: if let row = users.list.current { overlay = .info(InfoOverlay(subject: .user(row.summary.name))) }
    case .system: if let row = system.list.current { overlay = .info(InfoOverlay(subject: .command(row.command.number))) }
    case .events: if let row = events.list.current { overlay = .info(InfoOverlay(subject: .event(row.number))) }
    case .job:
      if job?.pane == .blocks, let page = job, let block = page.block {
        overlay = .info(InfoOverlay(subject: .block(page.id, block)))
      } else if let key = chosenTask {
        overlay = .info(InfoOverlay(subject: .task(key)))
      } else if let id = job?.id {
        return openInfo(job: id)
      }
    case .log:
      if let key = log?.key { overlay = .info(InfoOverlay(subject: .task(key))) }
    }
    return []
  }

  private mutating func openInfo(job id: JobID) -> [ConsoleEffect] {
    overlay = .info(InfoOverlay(subject: .job(id)))
    guard link.isConnected else { return [] }
    lastRequest += 1
    return [.fetchJob(lastRequest, id)]
  }
}

extension Operation.Kind {
  /// As a verb at the beginning of a question and on a button.
  var title: String {
    switch self {
    case .start: "Start"
    case .pause: "Pause"
    case .stop: "Stop"
    case .restart: "Restart"
    case .restartErrors: "Restart errors of"
    case .restartRunning: "Restart what runs of"
    case .restartSkipped: "Restart what is skipped of"
    case .restartDone: "Restart what is done of"
    case .skip: "Skip"
    case .delete: "Delete"
    case .resetErrorHosts: "Forget the error hosts of"
    case .restartWarnings: "Restart warnings of"
    case .restartPause: "Restart and pause"
    case .suspend: "Suspend"
    case .continue: "Continue"
    case .done: "Mark as done"
    case .tryNext: "Try next"
    case .notTryNext: "Try no longer next"
    }
  }

  /// In a menu, without what it is done to.
  var plain: String {
    switch self {
    case .restartErrors: "Restart errors"
    case .restartWarnings: "Restart warnings"
    case .restartRunning: "Restart what runs"
    case .restartSkipped: "Restart what is skipped"
    case .restartDone: "Restart what is done"
    case .resetErrorHosts: "Forget the error hosts"
    default: title
    }
  }

  /// On the button that does it.
  var button: String {
    switch self {
    case .restartErrors, .restartWarnings, .restartRunning, .restartSkipped, .restartDone, .restartPause: "Restart"
    case .resetErrorHosts: "Forget"
    default: title
    }
  }

  /// Whether it ends work or throws results away: asked about even for one row of one's own.
  var isAskedFirst: Bool {
    switch self {
    case .stop, .restart, .restartRunning, .restartDone, .restartWarnings, .restartPause, .skip, .done, .delete: true
    case .start, .pause, .restartErrors, .restartSkipped, .resetErrorHosts, .suspend, .continue, .tryNext, .notTryNext: false
    }
  }

  var warning: String? {
    switch self {
    case .stop: "What runs is stopped and has to begin anew."
    case .restart, .restartPause: "What is done is rendered again."
    case .delete: "This cannot be undone."
    case .skip, .done: "It counts as done, and what depends on it goes on."
    default: nil
    }
  }
}
