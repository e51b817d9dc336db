import FoundationEssentials
import Model
import NIOCore
import Wire

/// The questions of the commands, each with the type of its answer. Lists come page by page.
extension Farm {
  /// A long document goes portion by portion.
  func submit(_ document: [UInt8], paused: Bool) async throws -> WireSubmitted {
    if document.count > Self.wholeDocument {
      guard case .submitted(let answer) = try await send(document, { $0.paused = paused }) else { throw Failure.unexpectedAnswer }
      return answer
    }
    var request = WireSubmitJob()
    request.document = .init(document)
    request.paused = paused
    guard case .submitted(let answer) = try await connection.request(.submit(request)) else { throw Failure.unexpectedAnswer }
    return answer
  }

  /// - Parameter block: of which tasks are added; nil: blocks are.
  func append(_ document: [UInt8], to job: JobSelection, block: BlockSelection?) async throws -> WireAdded {
    var place = WireAppendPlace()
    place.selector = WireJobSelector(job)
    place.block = block?.text ?? ""
    if document.count > Self.wholeDocument {
      guard case .added(let answer) = try await send(document, { $0.appendTo = place }) else { throw Failure.unexpectedAnswer }
      return answer
    }
    var request = WireAppend()
    request.place = place
    request.document = .init(document)
    guard case .added(let answer) = try await connection.request(.append(request)) else { throw Failure.unexpectedAnswer }
    return answer
  }

  /// In bytes: up to this length a document is sent as one.
  private static let wholeDocument = 1 << 20

  private func send(
    _ document: [UInt8], _ fill: (inout WireSubmitPart) -> Void
  ) async throws -> WireResponse.OneOf_Content {
    var at = 0
    while true {
      let end = min(document.count, at + Limits.documentPart)
      var part = WireSubmitPart()
      part.size = UInt64(document.count)
      part.offset = UInt64(at)
      part.data = .init(document[at..<end])
      fill(&part)
      // Behind the last portion the whole is read and kept.
      let answer = try await connection.request(.submitPart(part), timeout: end == document.count ? .minutes(10) : .seconds(60))
      guard case .partTaken(let taken) = answer else { return answer }
      guard end < document.count, taken.offset == UInt64(end) else { throw Failure.unexpectedAnswer }
      at = end
    }
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

  /// Renders with what people set on them.
  func rendersInFull(_ query: WireListRenders) async throws -> [(summary: RenderSummary, parameters: JSONObject)] {
    var query = query
    var all: [(summary: RenderSummary, parameters: JSONObject)] = []
    while true {
      guard case .renders(let list) = try await connection.request(.listRenders(query)) else { throw Failure.unexpectedAnswer }
      all += list.rows.map { (RenderSummary($0), NodePresentation.parameters($0.parameters)) }
      guard list.more, let last = list.rows.last else { return all }
      query.after = last.id
    }
  }

  func users() async throws -> [UserRow] {
    guard case .users(let list) = try await connection.request(.listUsers(WireListUsers())) else { throw Failure.unexpectedAnswer }
    return list.rows.map { UserRow(summary: UserSummary($0), parameters: NodePresentation.parameters($0.parameters)) }
  }

  func pools() async throws -> [WirePoolRow] {
    guard case .pools(let list) = try await connection.request(.listPools(WireListPools())) else { throw Failure.unexpectedAnswer }
    return list.rows
  }

  func branches() async throws -> [WireBranchRow] {
    guard case .branches(let list) = try await connection.request(.listBranches(WireListBranches())) else {
      throw Failure.unexpectedAnswer
    }
    return list.rows
  }

  func explain(_ job: JobSelection, block: String = "", task: String = "") async throws -> Explanation {
    var request = WireExplain()
    request.selector = WireJobSelector(job)
    request.block = block
    request.task = task
    guard case .explained(let answer) = try await connection.request(.explain(request)) else { throw Failure.unexpectedAnswer }
    return Explanation(answer)
  }

  func forecast(_ job: JobSelection, timeout: TimeAmount) async throws -> Forecast {
    var request = WireGetForecast()
    request.selector = WireJobSelector(job)
    guard case .forecast(let answer) = try await connection.request(.getForecast(request), timeout: timeout) else {
      throw Failure.unexpectedAnswer
    }
    return Forecast(answer)
  }

  func whatIf(_ edits: [EditRequest], drained: [String]) async throws -> WireWhatIfOutcome {
    var request = WireWhatIf()
    request.edits = edits.map(WireEdit.init)
    request.drained = drained
    guard case .whatIf(let answer) = try await connection.request(.whatIf(request), timeout: .minutes(10)) else {
      throw Failure.unexpectedAnswer
    }
    return answer
  }

  func journal(object: String, before: UInt64, limit: Int) async throws -> [JournalEntry] {
    var request = WireListJournal()
    request.object = object
    request.before = before
    request.limit = UInt32(clamping: limit)
    guard case .journal(let answer) = try await connection.request(.listJournal(request)) else { throw Failure.unexpectedAnswer }
    return answer.rows.map(JournalEntry.init)
  }

  func errorHosts(_ job: JobSelection, block: String, task: String, page: ([ErrorHost]) throws -> Void) async throws {
    var query = WireListErrorHosts()
    query.selector = WireJobSelector(job)
    query.block = block
    query.task = task
    while true {
      guard case .errorHosts(let list) = try await connection.request(.listErrorHosts(query)) else {
        throw Failure.unexpectedAnswer
      }
      try page(list.rows.map(ErrorHost.init))
      guard list.more, let last = list.rows.last else { return }
      query.after = last
    }
  }

  /// The last ones, the oldest first.
  func pastEvents(object: String, limit: Int) async throws -> [WireEventRow] {
    var request = WireListEvents()
    request.object = object
    request.limit = UInt32(clamping: limit)
    guard case .events(let answer) = try await connection.request(.listEvents(request)) else { throw Failure.unexpectedAnswer }
    return answer.rows
  }

  /// - Parameter block: of which commands are asked for; nil: of none.
  func systemJob(_ block: SystemBlock?, limit: Int) async throws -> ([SystemBlockSummary], [SystemTaskSummary]) {
    var request = WireGetSystemJob()
    request.block = block?.name ?? ""
    request.limit = UInt32(clamping: limit)
    guard case .systemJob(let answer) = try await connection.request(.getSystemJob(request)) else { throw Failure.unexpectedAnswer }
    return (answer.blocks.compactMap(SystemBlockSummary.init), answer.tasks.compactMap(SystemTaskSummary.init))
  }

  func edit(_ edit: EditRequest) async throws -> ([NodeOutcome], UndoOffer?) {
    guard case .edited(let answer) = try await connection.request(.edit(WireEdit(edit))) else { throw Failure.unexpectedAnswer }
    return (answer.outcomes.map(NodeOutcome.init), answer.hasUndo ? UndoOffer(answer.undo) : nil)
  }

  /// - Parameter number: nil: the last order of who asks.
  func undo(_ number: UInt64?) async throws -> UndoOutcome {
    var request = WireUndo()
    request.number = number ?? 0
    guard case .undone(let answer) = try await connection.request(.undo(request)) else { throw Failure.unexpectedAnswer }
    return UndoOutcome(answer)
  }

  /// The newest first.
  func undos() async throws -> [WireUndoRow] {
    guard case .undos(let answer) = try await connection.request(.listUndos(WireListUndos())) else {
      throw Failure.unexpectedAnswer
    }
    return answer.rows
  }

  func order(_ order: NodeOrder) async throws -> [NodeOutcome] {
    guard case .edited(let answer) = try await connection.request(.orderNodes(WireOrderNodes(order))) else {
      throw Failure.unexpectedAnswer
    }
    return answer.outcomes.map(NodeOutcome.init)
  }

  func operate(_ operation: Operation) async throws -> ([OperationOutcome], UndoOffer?) {
    guard case .operated(let answer) = try await connection.request(.operate(WireOperate(operation))) else {
      throw Failure.unexpectedAnswer
    }
    return (answer.outcomes.map(OperationOutcome.init), answer.hasUndo ? UndoOffer(answer.undo) : nil)
  }

  func operateRenders(_ order: RenderOrder, names: [String]) async throws -> ([WireRenderOutcome], UndoOffer?) {
    var request = WireOperateRenders()
    request.kind = UInt32(order.rawValue)
    request.names = names
    guard case .rendersOperated(let answer) = try await connection.request(.operateRenders(request)) else {
      throw Failure.unexpectedAnswer
    }
    return (answer.outcomes, answer.hasUndo ? UndoOffer(answer.undo) : nil)
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
