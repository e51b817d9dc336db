import Model
import Scheduler
import Wire

/// Questions that change nothing, answered from the farm as it stands.
enum Answers {
  static func reply(to question: Question, _ farm: Farm) -> Reply {
    do {
      switch question {
      case .job(let selection): return try job(selection, farm)
      case .tasks(let tasks): return try self.tasks(tasks, farm)
      case .task(let place): return try task(place, farm)
      case .renders(let renders): return try self.renders(renders, farm)
      case .users: return users(farm)
      case .pools: return .pools(farm.poolSummaries())
      case .branches: return .branches(farm.branchSummaries())
      case .errorHosts(let question): return try errorHosts(question, farm)
      case .systemJob(let question):
        return .systemJob(farm.systemBlocks(), question.block.map { farm.systemTasks($0, limit: question.limit) } ?? [])
      case .restorePlan: return .restorePlan(farm.totals)
      case .explain(let explain): return try self.explain(explain, farm)
      case .jobs, .operate, .operateRenders, .edit, .order, .select, .orderSelected, .forecast, .whatIf, .journal, .events:
        return .failure(Failure(.failed, "asked at the wrong door"))
      }
    } catch { return .failure(error) }
  }

  /// Exactly one job.
  static func one(_ selection: JobSelection, _ farm: Farm) throws(Failure) -> JobID {
    let found = farm.resolve(selection)
    guard let id = found.first else { throw Failure(.notFound, "there is no job \(selection.text)") }
    guard found.count == 1 else { throw Failure(.usage, "\(selection.text) means \(found.count) jobs; name one of them") }
    return id
  }

  private static func job(_ selection: JobSelection, _ farm: Farm) throws(Failure) -> Reply {
    let id = try one(selection, farm)
    guard let row = farm.jobRow(id), let spec = farm.spec(id) else { throw .noSuchJob(id) }
    let listed = spec.blocks.reduce(0) { sum, block in
      if case .listed(let tasks, _) = block.work { sum + tasks.count } else { sum }
    }
    return .job(row, farm.blocks(of: id), spec, withoutTasks: listed > listedTasks)
  }

  /// With more listed tasks than these a job's document is shown without them: it would be longer than a frame, and nobody reads it.
  private static let listedTasks = 20_000

  private static func users(_ farm: Farm) -> Reply {
    let rows = farm.users()
    return .users(
      rows, parameters: Dictionary(rows.compactMap { row in farm.userParameters(row.name).map { (row.name, $0) } }) { $1 })
  }

  /// A job, a block of it, or a task.
  private static func place(
    _ question: ExplainQuestion, _ farm: Farm
  ) throws(Failure) -> (id: JobID, block: BlockIndex?, task: TaskIndex?) {
    let id = try one(question.job, farm)
    if let number = question.task {
      let key = try find(TaskPlace(job: question.job, block: question.block, task: number), farm)
      return (id, key.block, key.task)
    }
    guard let selection = question.block else { return (id, nil, nil) }
    return (id, try block(selection, id, farm), nil)
  }

  private static func errorHosts(_ question: ErrorHostsQuestion, _ farm: Farm) throws(Failure) -> Reply {
    let (id, block, task) = try place(question.place, farm)
    let page = farm.errorHosts(of: id, block: block, task: task, after: question.after, limit: Limits.rowsPerPage)
    return .errorHosts(page.rows, more: page.more)
  }

  private static func explain(_ question: ExplainQuestion, _ farm: Farm) throws(Failure) -> Reply {
    let (id, block, task) = try place(question, farm)
    guard let explanation = farm.explain(id, block: block, task: task) else { throw .noSuchJob(id) }
    return .explained(explanation)
  }

  static func block(_ selection: BlockSelection, _ job: JobID, _ farm: Farm) throws(Failure) -> BlockIndex {
    guard let index = farm.blockIndex(selection, of: job) else {
      throw Failure(.notFound, "job \(job) has no block \(selection.text)")
    }
    return index
  }

  private static func tasks(_ question: TasksQuestion, _ farm: Farm) throws(Failure) -> Reply {
    let id = try one(question.job, farm)
    let block = try question.block.map { selection throws(Failure) in try self.block(selection, id, farm) }
    let page = farm.tasks(of: id, block: block, state: question.state, after: question.after, limit: Limits.rowsPerPage)
    var bytes = 0
    let rows = page.rows.prefix { row in
      bytes += 128 + row.name.utf8.count + row.activity.utf8.count + row.reason.utf8.count
      return bytes < pageBytes
    }
    return .tasks(Array(rows), more: page.more || rows.count < page.rows.count)
  }

  /// The task that is meant.
  static func find(_ place: TaskPlace, _ farm: Farm) throws(Failure) -> TaskKey {
    let id = try one(place.job, farm)
    let block: BlockIndex
    if let selection = place.block {
      block = try self.block(selection, id, farm)
    } else {
      guard (farm.spec(id)?.blocks.count ?? 0) == 1 else { throw Failure(.usage, "job \(id) has more than one block; name one") }
      block = BlockIndex(0)
    }
    let total = farm.taskCount(of: id, block: block, state: [])
    switch place.task {
    case .index(let index):
      guard index < total else {
        throw Failure(.notFound, "block \(block) of job \(id) has \(total) tasks, numbered from 0; there is no task \(index)")
      }
      return TaskKey(job: id, block: block, task: TaskIndex(Int(index)))
    case .frame(let frame):
      guard let task = farm.taskIndex(ofFrame: frame, job: id, block: block) else {
        throw Failure(.notFound, "no task of block \(block) of job \(id) has the frame \(frame)")
      }
      return TaskKey(job: id, block: block, task: task)
    }
  }

  private static func task(_ place: TaskPlace, _ farm: Farm) throws(Failure) -> Reply {
    let key = try find(place, farm)
    guard let row = farm.task(key), let job = farm.job(key.job), let block = farm.block(key.job, key.block) else {
      throw .noSuchJob(key.job)
    }
    return .task(row, job, block)
  }

  private static func renders(_ question: RendersQuestion, _ farm: Farm) throws(Failure) -> Reply {
    var ids: [RenderID]
    if question.names.isEmpty {
      ids = farm.renderIDs()
    } else {
      ids = []
      for name in question.names {
        guard let id = farm.render(named: name) else { throw Failure(.notFound, "there is no render \"\(name.prefix(64))\"") }
        ids.append(id)
      }
    }
    if let after = question.after, let place = ids.firstIndex(of: after) { ids.removeFirst(place + 1) }
    let topic = RendersTopic(state: question.state, mask: question.mask)
    var rows: [RenderSummary] = []
    var parameters: [RenderID: RenderParameters] = [:]
    var bytes = 0
    for id in ids {
      guard let row = farm.render(id), topic.takes(row) else { continue }
      let own = farm.renderParameters(id)
      guard isIn(question.pool, own?.pool ?? "/") else { continue }
      if rows.count == Limits.rowsPerPage || bytes > pageBytes { return .renders(rows, parameters: parameters, more: true) }
      bytes += 1024 + row.running.count * 8
      parameters[id] = own
      rows.append(row)
    }
    return .renders(rows, parameters: parameters, more: false)
  }

  /// Whether a pool is the one that is wanted, or below it.
  private static func isIn(_ wanted: String, _ pool: String) -> Bool {
    wanted.isEmpty || wanted == "/" || pool == wanted || pool.hasPrefix(wanted + "/")
  }

  /// A page of a list, in bytes: far below the longest frame.
  static let pageBytes = 4 << 20
}

extension Farm {
  /// A row of a list that was asked for: with the job's branch.
  func jobRow(_ id: JobID) -> JobSummary? {
    guard var row = job(id) else { return nil }
    row.branch = spec(id)?.parameters.branch ?? "/"
    return row
  }
}

extension JobSelection {
  var text: String {
    switch self {
    case .ids(let ids): ids.prefix(8).map(\.description).joined(separator: ", ") + (ids.count > 8 ? "…" : "")
    case .name(let name): "\"\(name.prefix(64))\""
    case .mask(let mask): "that matches \"\(mask.prefix(64))\""
    }
  }
}
