import Model
import Scheduler
import Wire

/// What people order besides operations: new values, new nodes, more blocks and tasks.
extension FarmActor {
  func edit(_ session: Session, _ number: UInt64, _ request: EditRequest) {
    let id = RequestID(connection: session.id, number: number)
    do throws(Failure) {
      let edits = try ListEdits.expand(request, farm)
      if edits.count == 1 { return perform(.edit(edits[0], by: session.person, request: id)) }
      perform(edits.map { .edit($0, by: session.person, request: id) }, answering: id)
    } catch {
      answer(session, number, .failure(error))
    }
  }

  /// Several commands for one request: their answers become one.
  private func perform(_ commands: [Command], answering request: RequestID) {
    var outcomes: [NodeOutcome] = []
    var failure: Failure?
    for command in commands {
      for answer in applyKeepingAnswers(command, of: request) {
        switch answer {
        case .edited(let some): outcomes += some
        case .failed(let reason): failure = reason
        default: break
        }
      }
      if failure != nil { break }
    }
    if let failure {
      // What was done before it is told as well.
      if outcomes.isEmpty {
        effects.append(.answer(request, .failed(failure)))
      } else {
        outcomes.append(NodeOutcome(node: "the rest", isDone: false, message: failure.message))
      }
    }
    if !outcomes.isEmpty || failure == nil { effects.append(.answer(request, .edited(outcomes))) }
    route()
  }

  func add(_ session: Session, _ number: UInt64, _ addition: Addition, _ jobs: JobSelection) {
    if isRefusedByStore(session, number) { return }
    do throws(Failure) {
      if case .tasks(let block, let tasks) = addition { try check(tasks, block, jobs) }
      perform(
        .add(addition, to: jobs, by: session.person, request: RequestID(connection: session.id, number: number)))
    } catch {
      answer(session, number, .failure(error))
    }
  }

  /// Only the farm knows whether the block has a command for tasks without one.
  private func check(_ tasks: [TaskSpec], _ selection: BlockSelection, _ jobs: JobSelection) throws(Failure) {
    let job = try Answers.one(jobs, farm)
    let block = try Answers.block(selection, job, farm)
    guard let spec = farm.spec(job), spec.blocks.indices.contains(Int(block.value)) else { throw .noSuchJob(job) }
    if spec.blocks[Int(block.value)].command.contains(where: { !$0.isWhitespace }) { return }
    if let bare = tasks.firstIndex(where: { !$0.command.contains { !$0.isWhitespace } }) {
      throw Failure(.failed, "tasks[\(bare)].command: neither the task nor its block has a command")
    }
  }

  /// To remove what is not there is about nothing.
  ///
  /// - Throws: `Failure(.notFound)`.
  func checkNames(of order: NodeOrder) throws(Failure) {
    if order.creates { return }
    let there: (String) -> Bool
    let kind: String
    switch order.kind {
    case .pool:
      let paths = Set(farm.poolSummaries().map(\.path))
      (there, kind) = ({ paths.contains($0) }, "pool")
    case .branch:
      let paths = Set(farm.branchSummaries().map(\.path))
      (there, kind) = ({ paths.contains($0) }, "branch")
    case .user: (there, kind) = ({ self.farm.userParameters($0) != nil }, "user")
    case .render: (there, kind) = ({ self.farm.render(named: $0) != nil }, "render")
    }
    if let missing = order.names.first(where: { !there($0) }) {
      throw Failure(.notFound, "there is no \(kind) \"\(missing.prefix(64))\"")
    }
  }

  /// An operation on a block or on tasks that none of its jobs has is about nothing.
  ///
  /// - Throws: `Failure(.notFound)`.
  func checkPlace(of operation: Operation) throws(Failure) {
    guard operation.block != nil || !operation.tasks.isEmpty else { return }
    let jobs = farm.resolve(operation.jobs)
    var missing: Failure?
    for job in jobs {
      if let failure = missingPlace(operation, job) { missing = missing ?? failure } else { return }
    }
    if let missing { throw missing }
  }

  private func missingPlace(_ operation: Operation, _ job: JobID) -> Failure? {
    var blocks: [BlockIndex] = []
    if let selection = operation.block {
      guard let block = farm.blockIndex(selection, of: job) else {
        return Failure(.notFound, "job \(job) has no block \(selection.text)")
      }
      blocks = [block]
    } else {
      blocks = farm.blocks(of: job).map(\.block)
    }
    guard let first = operation.tasks.first else { return nil }
    for block in blocks {
      let count = Int64(farm.taskCount(of: job, block: block))
      for range in operation.tasks {
        // Frames are looked for one by one by the operation itself.
        if range.isFrames || (range.first < count && range.last >= 0) { return nil }
      }
    }
    let text = first.first == first.last ? "task \(first.first)" : "tasks \(first.first) to \(first.last)"
    return Failure(.notFound, "job \(job) has no \(text) there (tasks are numbered from 0 in each block)")
  }
}
