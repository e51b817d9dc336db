import Console
import Model
import Wire

/// Orders and questions besides operations.
extension ServerLink {
  func edit(_ number: RequestNumber, _ request: EditRequest) { change(number, .edit(WireEdit(request))) }

  func orderNodes(_ number: RequestNumber, _ order: NodeOrder) { change(number, .orderNodes(WireOrderNodes(order))) }

  func orderSelected(_ number: RequestNumber, _ selection: UInt64, _ deed: SelectedDeed) {
    var order = WireOrderSelected()
    order.selection = selection
    switch deed {
    case .operation(let kind): order.operate.kind = UInt32(kind.rawValue)
    case .renders(let kind): order.operateRenders.kind = UInt32(kind.rawValue)
    case .remove(let kind): order.orderNodes.kind = UInt32(kind.rawValue)
    case .edit(let request): order.edit = WireEdit(request)
    }
    change(number, .orderSelected(order))
  }

  private func change(_ number: RequestNumber, _ content: WireRequest.OneOf_Content) {
    Task { [inbox] in
      inbox.push(
        .edited(
          number,
          await answer(to: content) { content in
            if case .edited(let answer) = content { answer.outcomes.map(NodeOutcome.init) } else { nil }
          }))
    }
  }

  func select(_ number: RequestNumber, _ list: RowsQuery) {
    var request = WireSelectRows()
    switch list {
    case .jobs(let query): request.jobs = WireJobsView(query)
    case .renders(let query): request.renders = WireRendersView(query)
    case .users(let query): request.users = WireUsersView(query)
    }
    let content = WireRequest.OneOf_Content.selectRows(request)
    Task { [inbox] in
      inbox.push(
        .selected(
          number,
          await answer(to: content) { content in
            guard case .rowsSelected(let answer) = content else { return nil }
            return SelectedRows(
              number: answer.selection, count: Int(min(answer.count, UInt64(Limits.selectedRows))), first: answer.first)
          }))
    }
  }

  // MARK: - Parameters

  func fetchParameters(_ number: RequestNumber, _ place: ParameterPlace) {
    Task { [inbox] in inbox.push(.parameters(number, await parameters(of: place))) }
  }

  private func parameters(of place: ParameterPlace) async -> Result<ParameterValues, Failure> {
    do throws(Failure) {
      switch place {
      case .job(let id): return .success(try await job(id))
      case .block(let id, let block):
        guard let own = try await document(id)["blocks"]?.array?[at: Int(block.value)]?.object else { throw Self.gone }
        return .success(ParameterValues(own: own))
      case .task(let id, let block, let task):
        guard let own = try await document(id)["blocks"]?.array?[at: Int(block.value)] else { throw Self.gone }
        guard let tasks = own["tasks"]?.array else {
          throw Failure(
            .failed, "the tasks of this block are made from frames, or too many to be shown: set the block's parameters")
        }
        guard let values = tasks[at: Int(task.value)]?.object else { throw Self.gone }
        return .success(ParameterValues(own: values))
      case .branch(let path):
        let rows = try await get(.listBranches(WireListBranches())) { if case .branches(let list) = $0 { list.rows } else { nil } }
        guard let row = rows.first(where: { $0.path == path }) else { throw Self.gone }
        return .success(ParameterValues(own: Self.object(row.parameters)))
      case .user(let name): return .success(ParameterValues(own: try await user(name)))
      case .pool(let path):
        var chain = try await pools(from: path)
        guard chain.first?.name == "pool \(path)" else { throw Self.gone }
        let own = chain.removeFirst().own
        return .success(ParameterValues(own: own, above: chain))
      case .render(let name):
        var request = WireListRenders()
        request.names = [name]
        let rows = try await get(.listRenders(request)) { if case .renders(let list) = $0 { list.rows } else { nil } }
        guard let row = rows.first else { throw Self.gone }
        var own = Self.object(row.parameters)
        // Of its state, which is beside its parameters.
        let state = RenderSummary(row)
        own["user_name"] = .string(state.user)
        own["nimby"] = .bool(state.state.contains(.nimby))
        own["NIMBY"] = .bool(state.state.contains(.NIMBY))
        own["paused"] = .bool(state.state.contains(.paused))
        return .success(ParameterValues(own: own, above: try await pools(from: own["pool"]?.string ?? "/")))
      }
    } catch { return .failure(error) }
  }

  private static let gone = Failure(.notFound, "it is not there any more")

  /// What a job's user says where the job says nothing.
  private func job(_ id: JobID) async throws(Failure) -> ParameterValues {
    let own = try await document(id)
    guard let name = own["user_name"]?.string, let user = try? await user(name) else { return ParameterValues(own: own) }
    var said = JSONObject()
    said["hosts_mask_type"] = user["hosts_mask_type"]
    said["time_life"] = user["jobs_life_time"]
    return ParameterValues(own: own, above: [ParameterValues.Above(name: "user \(name)", own: said)])
  }

  private func document(_ id: JobID) async throws(Failure) -> JSONObject {
    var request = WireGetJob()
    request.selector.ids = [id.value]
    let bytes = try await get(.getJob(request)) { if case .job(let detail) = $0 { detail.document } else { nil } }
    let document = Self.object(String(decoding: bytes, as: UTF8.self))
    return document["job"]?.object ?? document
  }

  private func user(_ name: String) async throws(Failure) -> JSONObject {
    let rows = try await get(.listUsers(WireListUsers())) { if case .users(let list) = $0 { list.rows } else { nil } }
    guard let row = rows.first(where: { $0.name == name }) else { throw Self.gone }
    return Self.object(row.parameters)
  }

  /// A pool and those above it, up to the root.
  private func pools(from path: String) async throws(Failure) -> [ParameterValues.Above] {
    let rows = try await get(.listPools(WireListPools())) { if case .pools(let list) = $0 { list.rows } else { nil } }
    return rows.filter { $0.path == path || $0.path == "/" || path.hasPrefix($0.path + "/") }.sorted {
      $0.path.count > $1.path.count
    }
    .map { ParameterValues.Above(name: "pool \($0.path)", own: Self.object($0.parameters)) }
  }

  private func get<Answer>(
    _ content: WireRequest.OneOf_Content, _ read: (WireResponse.OneOf_Content) -> Answer?
  ) async throws(Failure) -> Answer {
    try await answer(to: content, read).get()
  }

  private static func object(_ text: String) -> JSONObject { (try? JSONParser.parse(text))?.object ?? JSONObject() }
}

extension Array {
  fileprivate subscript(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
