import Model

extension ConsoleModel {
  mutating func openFilter() {
    switch place {
    case .jobs: prompt = Prompt(kind: .filter, editor: LineEditor(jobs.filter))
    case .renders, .farmTree, .heat: prompt = Prompt(kind: .filter, editor: LineEditor(renders.filter))
    case .work: prompt = Prompt(kind: .filter, editor: LineEditor(work.filter))
    case .users: prompt = Prompt(kind: .filter, editor: LineEditor(users.filter))
    case .events: prompt = Prompt(kind: .filter, editor: LineEditor(feed.filter.text))
    case .system: say("the system job's commands are not filtered: / searches")
    case .render, .task: say("nothing is filtered here: / searches")
    case .job:
      show(list: true)
      prompt = Prompt(kind: .filter, editor: LineEditor(job?.filter ?? ""))
    case .log: prompt = Prompt(kind: .filter, editor: LineEditor(log?.filter?.text ?? ""))
    }
  }

  mutating func setFilter(_ text: String) {
    do throws(FilterFault) {
      switch place {
      case .jobs: try filterJobs(text)
      case .work: try filterWork(text)
      case .users: try filterUsers(text)
      case .events: try feed.set(filter: text)
      case .system, .render, .task: break
      case .renders, .farmTree, .heat: try filterRenders(text)
      case .job: try filterTasks(text)
      case .log: log?.show(only: text.isEmpty ? nil : try LineFilter(text))
      }
    } catch {
      say(error.message, .bad)
    }
  }

  mutating func filterJobs(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<JobField>(text)
    let before = jobs.query
    jobs.query.state = try filter.jobState()
    jobs.query.user = filter.user
    jobs.query.mask = filter.mask
    jobs.query.terms = filter.terms
    jobs.filter = text
    // The same again: the server has nothing new to send for it.
    if jobs.query != before { jobs.list.clear() }
  }

  mutating func filterRenders(_ text: String) throws(FilterFault) {
    var filter = try FilterExpression<RenderField>(text)
    let before = renders.query
    renders.query.state = try filter.renderState()
    if !filter.user.isEmpty { filter.terms.append(FilterTerm(field: "user", comparison: .equal, values: [filter.user])) }
    renders.query.mask = filter.mask
    renders.query.terms = filter.terms
    renders.filter = text
    if renders.query != before { clearFarm() }
  }

  mutating func filterWork(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<JobField>(text)
    let before = work.query
    work.query.state = try filter.jobState()
    work.query.user = filter.user
    work.query.mask = filter.mask
    work.query.terms = filter.terms
    work.filter = text
    if work.query != before { work.tree.list.clear() }
  }

  mutating func filterUsers(_ text: String) throws(FilterFault) {
    let before = users.query
    users.query.mask = try userMask(text)
    users.filter = text
    if users.query != before { users.list.clear() }
  }

  func userMask(_ text: String) throws(FilterFault) -> String {
    let filter = try FilterExpression<JobField>(text)
    guard filter.user.isEmpty, filter.tokens.isEmpty, filter.terms.isEmpty else {
      throw FilterFault(message: "users are filtered by words in their names only")
    }
    return filter.mask
  }

  mutating func filterTasks(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<TaskField>(text)
    let state = try filter.jobState()
    if !filter.mask.isEmpty || !filter.terms.isEmpty { say("tasks are filtered by state:TOKEN only; / searches", .bad) }
    let before = job?.state
    job?.state = state
    job?.filter = state.isEmpty ? "" : "state:" + filter.tokens.joined(separator: ",")
    if state != before { job?.tasks.clear() }
  }

  mutating func setSearch(_ search: Search?) {
    switch place {
    case .jobs: jobs.search = search
    case .renders, .heat: renders.search = search
    case .users, .work, .farmTree, .system, .events: self.search = search
    case .job: job?.search = search
    case .render: render?.search = search
    case .task: task?.search = search
    case .log: log?.search = search
    }
  }

  mutating func find(forward: Bool) {
    let search: Search?
    var isFound = false
    switch place {
    case .jobs:
      search = jobs.search
      if let search { isFound = jobs.list.find(forward: forward) { search.isFound(in: $0.name) || search.isFound(in: $0.user) } }
    case .renders, .heat:
      search = renders.search
      if let search { isFound = renders.list.find(forward: forward) { search.isFound(in: $0.name) } }
    case .users, .work, .farmTree, .system, .events:
      search = self.search
      if let search { isFound = paged?.find(search, forward: forward) ?? false }
      if place == .events, isFound { feed.follows = false }
    case .job:
      search = job?.search
      if let search {
        if job?.pane != .blocks { show(list: true) }
        isFound =
          job?.pane == .blocks
          ? job?.blocks.find(forward: forward) { search.isFound(in: $0.name) } ?? false
          : job?.tasks.find(forward: forward) { search.isFound(in: $0.name) || search.isFound(in: $0.render) } ?? false
      }
    case .render, .task:
      search = place == .render ? render?.search : task?.search
      if let search { isFound = nodeList?.find(search, forward: forward) ?? false }
    case .log:
      search = log?.search
      if let search {
        let from = (log?.match ?? (log?.top.line ?? 0) + (forward ? -1 : 0)) + (forward ? 1 : -1)
        isFound = log?.find(search, from: from, forward: forward) ?? false
      }
    }
    guard let search else { return say("nothing is searched for yet: / begins") }
    if !isFound {
      say(
        place == .log
          ? "“\(search.text)” is not in the output" : "“\(search.text)” is not in the rows at hand: f filters the whole list", .bad)
    }
  }
}
