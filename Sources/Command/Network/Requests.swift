import FoundationEssentials
import Model
import Wire

/// The questions of the commands, each with the type of its answer. Lists come page by page.
extension Farm {
  func submit(_ document: [UInt8], paused: Bool) async throws -> WireSubmitted {
    var request = WireSubmitJob()
    request.document = .init(document)
    request.paused = paused
    guard case .submitted(let answer) = try await connection.request(.submit(request)) else { throw Failure.unexpectedAnswer }
    return answer
  }

  /// - Parameter page: gets each page as it comes; there is always one, if an empty one.
  func jobs(_ query: WireListJobs, page: ([JobSummary]) throws -> Void) async throws {
    var query = query
    while true {
      guard case .jobs(let list) = try await connection.request(.listJobs(query)) else { throw Failure.unexpectedAnswer }
      try page(list.rows.map(JobSummary.init))
      guard list.more, let last = list.rows.last else { return }
      query.after = last.id
    }
  }

  /// All jobs of a selection.
  func jobs(_ selection: JobSelection) async throws -> [JobSummary] {
    var query = WireListJobs()
    query.selector = WireJobSelector(selection)
    var all: [JobSummary] = []
    try await jobs(query) { all += $0 }
    return all
  }

  /// All jobs of several selections, each once.
  ///
  /// - Throws: `Failure(.notFound)` when a selection means no job, or one of its numbers none.
  func jobs(_ selections: [JobSelection]) async throws -> [JobSummary] {
    var all: [JobSummary] = []
    var known: Set<JobID> = []
    for selection in selections {
      let rows = try await jobs(selection)
      let there = Set(rows.map(\.id))
      if case .ids(let ids) = selection, let missing = ids.first(where: { !there.contains($0) }) {
        throw Failure(.notFound, "there is no job \(missing) (see 'reeve jobs --all')")
      }
      guard !rows.isEmpty else { throw Failure(.notFound, "no job is meant by \(selection.text) (see 'reeve jobs --all')") }
      all += rows.filter { known.insert($0.id).inserted }
    }
    return all
  }

  func job(_ selection: JobSelection) async throws -> WireJobDetail {
    var request = WireGetJob()
    request.selector = WireJobSelector(selection)
    guard case .job(let answer) = try await connection.request(.getJob(request)) else { throw Failure.unexpectedAnswer }
    return answer
  }

  func tasks(_ query: WireListTasks, page: ([TaskSummary]) throws -> Void) async throws {
    var query = query
    while true {
      guard case .tasks(let list) = try await connection.request(.listTasks(query)) else { throw Failure.unexpectedAnswer }
      try page(list.rows.map(TaskSummary.init))
      guard list.more, let last = list.rows.last else { return }
      query.after = last.key
      query.hasAfter_p = true
    }
  }

  func renders(_ query: WireListRenders, page: ([RenderSummary]) throws -> Void) async throws {
    var query = query
    while true {
      guard case .renders(let list) = try await connection.request(.listRenders(query)) else { throw Failure.unexpectedAnswer }
      try page(list.rows.map(RenderSummary.init))
      guard list.more, let last = list.rows.last else { return }
      query.after = last.id
    }
  }

  func users() async throws -> [UserSummary] {
    guard case .users(let list) = try await connection.request(.listUsers(WireListUsers())) else { throw Failure.unexpectedAnswer }
    return list.rows.map(UserSummary.init)
  }

  func operate(_ operation: Operation) async throws -> [OperationOutcome] {
    guard case .operated(let answer) = try await connection.request(.operate(WireOperate(operation))) else {
      throw Failure.unexpectedAnswer
    }
    return answer.outcomes.map(OperationOutcome.init)
  }

  func operateRenders(_ order: RenderOrder, names: [String]) async throws -> [WireRenderOutcome] {
    var request = WireOperateRenders()
    request.kind = UInt32(order.rawValue)
    request.names = names
    guard case .rendersOperated(let answer) = try await connection.request(.operateRenders(request)) else {
      throw Failure.unexpectedAnswer
    }
    return answer.outcomes
  }
}

extension JobSelection {
  /// For messages.
  var text: String {
    switch self {
    case .ids(let ids): ids.map(\.description).joined(separator: ", ")
    case .name(let name): "\"\(name)\""
    case .mask(let mask): "--mask \"\(mask)\""
    }
  }
}
