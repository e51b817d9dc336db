import Model

/// Rows that are to be tagged as soon as the server has said which they are.
struct TagWish: Hashable, Sendable {
  var topic: Topic
  /// As it was typed.
  var pattern: String
  var kind: Order.Kind
  /// Tasks that a filter on states leaves out are not tagged; empty: it leaves none out.
  var state: StateBits = []
}

extension ConsoleModel {
  /// Rows that are tagged at once: as many as the server tells at once.
  static let mostTagged = Limits.rowsPerWindow

  mutating func openTagging() {
    switch place {
    case .events, .system, .render, .task, .log: say("nothing is tagged here", .bad)
    case .jobs, .work, .renders, .farmTree, .heat, .users, .job:
      guard link.isConnected else { return say("nothing can be looked for: no connection to the server", .bad) }
      if place == .job { show(list: true) }
      prompt = Prompt(kind: .tag)
    }
  }

  /// Looks for rows of the list that is seen, in all of it, and tags them.
  mutating func tag(matching text: String) -> [ConsoleEffect] {
    guard !text.trimmed.isEmpty else { return [] }
    do throws(FilterFault) {
      guard let wish = try wish(text) else { return [] }
      tagWish = wish
    } catch {
      say(error.message, .bad)
      return []
    }
    return thaw()
  }

  private func wish(_ text: String) throws(FilterFault) -> TagWish? {
    switch place {
    case .jobs, .work:
      var query = place == .work ? work.query : jobs.query
      query.terms += try FilterExpression<JobField>(text).conditions()
      try Self.check(query.terms)
      return TagWish(topic: .jobs(query), pattern: text, kind: .job)
    case .renders, .farmTree, .heat:
      var query = renders.query
      query.terms += try FilterExpression<RenderField>(text).conditions()
      try Self.check(query.terms)
      return TagWish(topic: .renders(query), pattern: text, kind: .render)
    case .users:
      var query = users.query
      query.mask = try userMask(text)
      return TagWish(topic: .users(query), pattern: text, kind: .user)
    case .job:
      guard let page = job, let block = page.block else { return nil }
      let filter = try FilterExpression<TaskField>(text)
      let state = try filter.jobState()
      guard !state.isEmpty, filter.mask.isEmpty, filter.terms.isEmpty else {
        throw FilterFault(message: "tasks are tagged by state:TOKEN only, as state:err")
      }
      let query = TasksQuery(job: page.id, block: block, state: state)
      return TagWish(topic: .tasks(query), pattern: text, kind: .task, state: page.state)
    case .events, .system, .render, .task, .log: return nil
    }
  }

  private static func check(_ terms: [FilterTerm]) throws(FilterFault) {
    guard terms.count <= FilterTerm.most else {
      throw FilterFault(message: "the filter and this have more than \(FilterTerm.most) conditions together")
    }
  }

  /// The server has told which they are.
  mutating func received(tagged update: ViewUpdate) {
    guard let wish = tagWish, update.isSnapshot || update.failure != nil else { return }
    tagWish = nil
    if let failure = update.failure { return say(failure, .bad) }
    var found = 0
    for row in update.jobs {
      tags.jobs[row.id] = row
      found += 1
    }
    for row in update.renders {
      tags.renders[row.id] = row
      found += 1
    }
    // Users are filtered by one expression, which is the typed one: the list's own is asked here.
    let mask = users.query.mask.isEmpty ? nil : try? Pattern(users.query.mask)
    for row in update.users where mask?.isFound(in: row.summary.name) ?? true {
      tags.users.insert(row.summary.name)
      found += 1
    }
    for row in update.tasks where wish.state.isEmpty || !row.state.isDisjoint(with: wish.state) {
      tags.tasks[row.key] = row.name
      found += 1
    }
    let told = update.jobs.count + update.renders.count + update.users.count + update.tasks.count
    if update.total > told {
      say("only the first \(told) of \(update.total) that match are tagged: f filters, and a has orders for all that match", .bad)
    } else if found == 0 {
      say("no \(wish.kind.rawValue) matches “\(wish.pattern)”", .bad)
    } else {
      say("\(found) \(found == 1 ? wish.kind.rawValue : wish.kind.plural) tagged; u untags all")
    }
  }
}
