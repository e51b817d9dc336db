import Model

/// What an order would hit, as the rows stood when it was given. The order goes by ids and names, so that nothing else is hit if
/// rows move.
struct Target: Hashable, Sendable {
  var nodes: OrderNodes
  /// `job 12 “shot_010”`, `3 jobs`, `task 17 of job 12 “shot_010”`.
  var subject: String
  /// One line for each thing that is hit, as far as it helps.
  var lines: [String] = []
  /// Things of the kind that was pointed at.
  var count = 1
  /// Of what is hit; empty: the farm's, or not known.
  var owners: [String] = []
  /// Owners that are not the person at the console.
  var others: [String] = []
}

/// What an order names.
enum OrderNodes: Hashable, Sendable {
  case jobs([JobID])
  case block(JobID, BlockIndex)
  case tasks(JobID, BlockIndex, [TaskRange])
  case branches([String])
  case renders([String])
  case pools([String])
  case users([String])
  case system(SystemBlock, TaskIndex?)
}

extension ConsoleModel {
  /// What orders may be about here, the nearest first: a task, then its job.
  var orderKinds: [Order.Kind] {
    switch place {
    case .jobs: [.job]
    case .work: isTagged(.branch, .job) ?? (currentJob == nil ? [.branch] : [.job])
    case .renders, .heat, .render: [.render]
    case .farmTree: isTagged(.pool, .render) ?? (currentRender == nil ? [.pool] : [.render])
    case .users: [.user]
    case .system: [.systemTask, .systemBlock]
    case .job: [job?.pane == .blocks ? .block : .task, .job]
    case .task, .log: system.isOf(chosenTask) ? [.systemTask] : [.task]
    case .events: []
    }
  }

  /// In a tree what is tagged is meant, wherever the cursor stands; nil: neither kind is, or both are.
  private func isTagged(_ node: Order.Kind, _ leaf: Order.Kind) -> [Order.Kind]? {
    switch (tags.count(node) > 0, tags.count(leaf) > 0) {
    case (true, false): [node]
    case (false, true): [leaf]
    default: nil
    }
  }

  /// The orders that make sense for what is seen: all of the nearest kind; of a job, from inside of it, what is for whole jobs.
  var orders: [Order] {
    guard let nearest = orderKinds.first else { return [] }
    return Order.table.filter { $0.kind == nearest }
      + orderKinds.dropFirst().flatMap { kind in
        Order.table.filter { $0.kind == kind && (kind != .job || $0.isForWholeJobs) }
      }
  }

  /// What an order would hit; nil when there is nothing under the cursor.
  func target(of order: Order) -> Target? {
    switch order.kind {
    case .job: place == .jobs || place == .work ? jobsTarget : (job?.job).map { jobTarget([$0]) }
    case .block: blockTarget(order)
    case .task: tasksTarget
    case .branch: namesTarget(.branch, tags.branches, tree?.list.current?.path, OrderNodes.branches)
    case .pool: namesTarget(.pool, tags.pools, tree?.list.current?.path, OrderNodes.pools)
    case .user: usersTarget
    case .render: renderTarget
    case .systemBlock: systemBlockTarget
    case .systemTask: systemTaskTarget
    }
  }

  // MARK: Jobs, blocks, tasks

  private var jobsTarget: Target? {
    if !tags.jobs.isEmpty { return jobTarget(tags.jobs.values.sorted { $0.id < $1.id }) }
    return currentJob.map { jobTarget([$0]) }
  }

  private func jobTarget(_ rows: [JobSummary]) -> Target {
    var target = Target(nodes: .jobs(rows.map(\.id)), subject: rows.count == 1 ? Self.name(rows[0]) : "\(rows.count) jobs")
    target.count = rows.count
    target.owners = rows.map(\.user)
    target.others = others(rows.map(\.user))
    target.lines =
      rows.count == 1
      ? [Self.tally(rows[0].counts)] : Self.some(rows.count) { "\(rows[$0].id) \(rows[$0].name) (\(rows[$0].user))" }
    return target
  }

  private func blockTarget(_ order: Order) -> Target? {
    guard let page = job, let block = page.blocks.current else { return nil }
    // To stop the only block is to stop the job: it is paused too.
    if order.deed == .operation(.stop), page.blocks.total == 1 { return page.job.map { jobTarget([$0]) } }
    var target = Target(
      nodes: .block(page.id, block.block), subject: "block \(block.block) “\(block.name)” of \(name(page))")
    target.lines = [Self.tally(block.counts)]
    target.owners = page.job.map { [$0.user] } ?? []
    target.others = others(page.job)
    return target
  }

  private var tasksTarget: Target? {
    if place == .job, let page = job, page.pane == .list, !tags.tasks.isEmpty { return taggedTarget(page) }
    guard let key = chosenTask else { return nil }
    let page = place == .job ? job : nil
    var range = Int64(key.task.value)...Int64(key.task.value)
    if let grid = page?.grid, page?.pane == .grid, grid.chosen.count > 1 {
      range = Int64(grid.chosen.lowerBound)...Int64(grid.chosen.upperBound - 1)
    }
    let nodes = OrderNodes.tasks(key.job, key.block, [TaskRange(first: range.lowerBound, last: range.upperBound)])
    let owner = job?.job ?? jobs.list.rows.first { $0.id == key.job }
    let whose = job.map(name) ?? owner.map(Self.name) ?? "job \(key.job)"
    var target: Target
    if range.count > 1 {
      target = Target(nodes: nodes, subject: "tasks \(range.lowerBound)–\(range.upperBound) of \(whose)")
      target.count = range.count
    } else {
      target = Target(nodes: nodes, subject: "task \(key.task) of \(whose)")
      let row = log?.live ?? task?.task ?? (page?.pane == .list ? page?.tasks.current : page?.details.current)
      if let row, row.key == key { target.lines = ["“\(row.name)”: \(StateWords.text(StateWords.bits(row)))"] }
    }
    target.lines.append("block \(key.block)")
    let user = owner?.user ?? task?.user ?? render?.running.rows.first { $0.task.key == key }?.user ?? ""
    target.owners = user.isEmpty ? [] : [user]
    target.others = others(target.owners)
    return target
  }

  private func taggedTarget(_ page: JobPage) -> Target? {
    let keys = tags.tasks.keys.filter { $0.job == page.id && $0.block == page.block }.sorted()
    guard let first = keys.first else { return nil }
    let ranges = keys.map { TaskRange(first: Int64($0.task.value), last: Int64($0.task.value)) }
    var target = Target(nodes: .tasks(page.id, first.block, ranges), subject: "\(keys.count) tasks of \(name(page))")
    target.count = keys.count
    target.lines = Self.some(keys.count) { "\(keys[$0].task) “\(tags.tasks[keys[$0]] ?? "")”" }
    target.owners = page.job.map { [$0.user] } ?? []
    target.others = others(page.job)
    return target
  }

  // MARK: The other nodes

  private var renderTarget: Target? {
    let tagged = place == .render ? [] : tags.renders.values.sorted { $0.name < $1.name }
    let rows = tagged.isEmpty ? currentRender.map { [$0] } ?? [] : tagged
    guard let first = rows.first else { return nil }
    var target = Target(
      nodes: .renders(rows.map(\.name)), subject: rows.count == 1 ? "render \(first.name)" : "\(rows.count) renders")
    target.count = rows.count
    target.lines =
      rows.count == 1
      ? [StateWords.text(first.state)] : Self.some(rows.count) { "\(rows[$0].name): \(StateWords.text(rows[$0].state))" }
    let running = rows.reduce(0) { $0 + $1.running.count }
    if running > 0 { target.lines.append("\(running) \(running == 1 ? "task runs" : "tasks run") there.") }
    target.owners = rows.map(\.user)
    target.others = others(rows.map(\.user))
    return target
  }

  private func namesTarget(
    _ kind: Order.Kind, _ tagged: Set<String>, _ current: String?, _ nodes: ([String]) -> OrderNodes
  ) -> Target? {
    let names = tagged.isEmpty ? current.map { [$0] } ?? [] : tagged.sorted()
    guard let first = names.first else { return nil }
    var target = Target(
      nodes: nodes(names), subject: names.count == 1 ? "\(kind.rawValue) \(first)" : "\(names.count) \(kind.plural)")
    target.count = names.count
    if names.count > 1 { target.lines = Self.some(names.count) { names[$0] } }
    return target
  }

  private var usersTarget: Target? {
    var target = namesTarget(.user, tags.users, users.list.current?.summary.name, OrderNodes.users)
    if case .users(let names)? = target?.nodes {
      target?.owners = names
      target?.others = others(names)
    }
    return target
  }

  private var systemBlockTarget: Target? {
    let row = system.blocks.first { $0.block == system.block }
    var target = Target(nodes: .system(system.block, nil), subject: "block \(system.block.name) of the system job")
    if let row { target.lines = ["\(row.waiting) wait in line, \(row.ready + row.running + row.retrying) are tasks"] }
    return target
  }

  private var systemTaskTarget: Target? {
    if let key = log?.key ?? task?.key, let block = SystemBlock(rawValue: Int(key.block.value)) {
      return Target(nodes: .system(block, key.task), subject: "task \(key.task) of \(block.name)")
    }
    guard let row = system.list.current, let key = row.key else { return nil }
    var target = Target(nodes: .system(system.block, key.task), subject: "task \(key.task) of \(system.block.name)")
    target.lines = [row.command.text]
    return target
  }

  // MARK: Words

  /// The first six, and how many more there are.
  private static func some(_ count: Int, _ line: (Int) -> String) -> [String] {
    (0..<min(6, count)).map(line) + (count > 6 ? ["and \(count - 6) more"] : [])
  }

  private func others(_ users: [String]) -> [String] { Set(users).subtracting([options.user]).sorted() }
  private func others(_ row: JobSummary?) -> [String] { others(row.map { [$0.user] } ?? []) }
  private func name(_ page: JobPage) -> String { page.job.map(Self.name) ?? "job \(page.id)" }
  private static func name(_ row: JobSummary) -> String { "job \(row.id) “\(row.name)”" }

  private static func tally(_ counts: TaskCounts) -> String {
    var parts = ["\(counts.total) \(counts.total == 1 ? "task" : "tasks")"]
    if counts.done > 0 { parts.append("\(counts.done) done") }
    if counts.running > 0 { parts.append("\(counts.running) running") }
    if counts.error > 0 { parts.append("\(counts.error) \(counts.error == 1 ? "error" : "errors")") }
    return parts.joined(separator: ", ")
  }
}

extension Order {
  /// Of the orders on jobs those that no block and no task has.
  var isForWholeJobs: Bool {
    switch deed {
    case .operation(let kind): kind.isForJobsOnly
    case .ask(.value("priority")): true
    default: false
    }
  }
}

extension SystemPage {
  func isOf(_ key: TaskKey?) -> Bool { key?.job == .system }
}
