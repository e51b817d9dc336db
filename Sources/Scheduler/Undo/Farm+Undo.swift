import Model

/// Orders of people are taken back: `reeve undo`.
///
/// The rules. An order can be undone once, within `af_undo_grace`, by whoever may give it. Without a number the last order of the
/// user is meant. Only what still stands as the order left it is taken back; the rest is told:
///
/// | order | what undo does | what it leaves |
/// |---|---|---|
/// | delete | the job is there again, with all that was done of it meanwhile | a name that was taken: it gets another |
/// | pause, start | as before | a job that somebody started or paused since |
/// | stop | starts the job again, unless it was paused before | runs that were stopped begin anew |
/// | restart and its kin | tasks are what they were: done, error, skipped | tasks that were started since, or that another order changed |
/// | skip, done, suspend, continue | tasks are what they were; those that ran go back on the queue | tasks that another order changed |
/// | set, nimby, pause of a render | old values | values that somebody changed since |
///
/// Nothing undoes try-next (its opposite does), reset-error-hosts, appended work, removed pools, branches, users and renders, and
/// whatever the farm does by itself.
extension Farm {
  // MARK: Noting

  /// From here to `closeUndo` what an order does is noted.
  mutating func openUndo() { undos.draft = settings.undoGrace > .seconds(0) && !isAhead ? Undos.Draft() : nil }

  /// - Returns: what the answer says; nil: there is nothing to undo.
  mutating func closeUndo(_ what: UndoWhat, by actor: Actor, _ request: RequestID) -> UndoOffer? {
    guard let draft = undos.draft else { return nil }
    undos.draft = nil
    if draft.isTooBig {
      return UndoOffer(number: 0, seconds: 0, note: "too much was changed to be kept: it cannot be undone")
    }
    // That runs were stopped is told with what can be undone.
    guard draft.parts.contains(where: { if case .stopped = $0 { false } else { true } }) else { return nil }
    // Connection 0 is nobody's.
    let own = request.connection.value == 0 ? nil : request
    if let own, var known = undos.records.suffix(Self.recentOrders).last(where: { $0.request == own }) {
      known.parts += draft.parts
      known.weight += draft.weight - 1
      known.nodes += what.nodes
      known.text = what.text(known.nodes)
      timers.cancel(&known.timer)
      known.until = now + settings.undoGrace
      known.timer = timers.add(known.until, .undo(number: known.number))
      undos.set(known)
      if known.isStored { store(.putUndo(known.stored)) } else { store(.deleteUndo(known.number)) }
      return UndoOffer(number: known.number, seconds: settings.undoGrace.seconds)
    }
    let (number, counter) = counters.nextUndo()
    store(counter)
    var record = UndoRecord(
      number: number, actor: actor, at: now, until: now + settings.undoGrace, request: own, text: what.text(what.nodes),
      nodes: what.nodes, parts: draft.parts, weight: draft.weight)
    record.timer = timers.add(record.until, .undo(number: number))
    undos.add(record)
    if record.isStored { store(.putUndo(record.stored)) }
    return UndoOffer(number: number, seconds: settings.undoGrace.seconds)
  }

  /// Orders among which the first part of one is looked for.
  private static let recentOrders = 64

  /// Takes a record away.
  mutating func forget(_ record: UndoRecord) {
    guard var known = undos.remove(record.number) else { return }
    timers.cancel(&known.timer)
    // What was stored may have lost parts since.
    store(.deleteUndo(known.number))
  }

  // MARK: Taking back

  mutating func undo(_ number: UInt64?, by actor: Actor, _ request: RequestID) {
    do throws(Failure) {
      emit(.answer(request, .undone(try undo(number, by: actor))))
    } catch {
      emit(.answer(request, .failed(error)))
    }
  }

  private mutating func undo(_ asked: UInt64?, by actor: Actor) throws(Failure) -> UndoOutcome {
    let grace = settings.undoGrace.seconds
    let found: UndoRecord
    if let asked {
      guard let record = undos[asked] else {
        throw Failure(
          .notFound, "there is no order \(asked) to undo: it was undone, or its time is over (af_undo_grace: \(grace) s)")
      }
      found = record
    } else {
      guard let record = undos.last(of: actor.user) else {
        throw Failure(.notFound, "there is no order of \(actor.user) to undo (af_undo_grace: \(grace) s)")
      }
      found = record
    }
    if let refusal = refusal(toUndo: found, by: actor) { throw Failure(.notPermitted, refusal) }
    let about = Set(found.jobs).subtracting(found.deleted)
    if !about.isEmpty, about.allSatisfy({ deletedPlaces[$0] != nil }), about.count == Set(found.parts.map(\.job)).count,
      let deletion = undos.records.last(where: { !about.isDisjoint(with: $0.deleted) })
    {
      throw Failure(
        .failed,
        "\(number(about.count, "job")) of it \(about.count == 1 ? "is" : "are") deleted (reeve undo \(deletion.number) first)")
    }
    forget(found)
    var tally = UndoTally()
    var tasks: [UndoEdit] = []
    for part in found.parts.reversed() {
      // Tasks of one block go together: their list is written once.
      if case .edit(let edit) = part, case .task(let key) = edit.node {
        if case .task(let other)? = tasks.last?.node, (other.job, other.block) != (key.job, key.block) { takeBack(&tasks, &tally) }
        tasks.append(edit)
        continue
      }
      takeBack(&tasks, &tally)
      takeBack(part, by: actor, &tally)
    }
    takeBack(&tasks, &tally)
    var outcomes: [NodeOutcome] = []
    for (node, said) in tally.said {
      let text = said.texts.joined(separator: "; ")
      outcomes.append(NodeOutcome(node: node, isDone: said.isDone, message: text))
      let kind = node.prefix { $0 != " " }
      journal("\(kind)s undo", node, "\(text) (undo \(found.number): \(found.text))", by: actor)
    }
    for id in Set(found.jobs).sorted() {
      guard let job = jobPlaces[id] else { continue }
      settleUndone(job, found)
      changed(.job(id))
      log(.info, .job(id), "undone: \(found.text)", by: actor)
    }
    return UndoOutcome(number: found.number, text: found.text, nodes: outcomes, jobs: Set(found.jobs).sorted())
  }

  private mutating func takeBack(_ part: UndoPart, by actor: Actor, _ tally: inout UndoTally) {
    switch part {
    case .deletion(let id, let wasDone):
      guard let rest = reveal(id, wasDone: wasDone) else { return tally.note("job \(id)", false, "is gone") }
      tally.note("job \(id)", true, "is there again" + (rest.isEmpty ? "" : "; \(rest)"))
    case .paused(let id, let isPaused):
      guard let job = jobPlaces[id] else { return tally.note("job \(id)", false, "is gone") }
      guard jobs[job].isOffline == isPaused else {
        return tally.note("job \(id)", false, isPaused ? "was started meanwhile" : "was paused meanwhile")
      }
      _ = setOffline(job, !isPaused)
      tally.note("job \(id)", true, isPaused ? "started again" : "paused again")
    case .stopped(let id, let count):
      guard jobPlaces[id] != nil else { return }
      tally.note(
        "job \(id)", nil, count == 1 ? "1 task that was stopped begins anew" : "\(count) tasks that were stopped begin anew")
    case .tasks(let tasks):
      guard let job = jobPlaces[tasks.job] else { return tally.note("job \(tasks.job)", false, "is gone") }
      let (back, others) = takeBack(tasks, job)
      var text = back == 0 ? "no task taken back" : "\(number(back, "task")) taken back"
      if others > 0 { text += "; \(number(others, "task")) left as \(others == 1 ? "it is" : "they are"): changed meanwhile" }
      tally.note("job \(tasks.job)", back > 0, text)
    case .edit(let edit): takeBack(edit, by: actor, &tally)
    }
  }

  // MARK: The end of its time

  /// An order cannot be undone any more: what it deleted is gone for good.
  mutating func undoIsOver(_ number: UInt64) {
    guard var record = undos[number] else { return }
    record.timer = nil
    undos.set(record)
    var waits = false
    for id in record.deleted {
      guard let job = deletedPlaces[id] else { continue }
      if mayDelete(job) { _ = delete(job, by: record.actor) } else { waits = true }
    }
    guard waits else { return forget(record) }
    // As soon as their commands can wait in line.
    let left = Set(record.deleted).subtracting(deletedPlaces.keys)
    drop(left, from: record)
    guard var rest = undos[number] else { return }
    rest.until = now + .seconds(60)
    rest.timer = timers.add(rest.until, .undo(number: number))
    undos.set(rest)
    if rest.isStored { store(.putUndo(rest.stored)) }
  }

  // MARK: Loading

  /// Takes in the orders that could be undone, and hides the jobs that they deleted. Their time does not grow by a clock that was
  /// set back.
  mutating func load(_ stored: [StoredUndo]) {
    for row in stored.sorted(by: { $0.number < $1.number }) where undos[row.number] == nil {
      counters.isUsed(undo: row.number)
      var record = UndoRecord(
        number: row.number, actor: Actor(user: row.user, host: row.host), at: row.at,
        until: min(row.until, now + max(settings.undoGrace, .seconds(60))), text: row.text, parts: UndoText.parts(row.parts),
        weight: 1)
      record.parts.removeAll { part in
        guard case .deletion(let id, _) = part else { return false }
        return jobPlaces[id] == nil || id == .system
      }
      guard !record.parts.isEmpty else {
        repairs.append(.store(.deleteUndo(row.number)))
        continue
      }
      record.weight = record.parts.reduce(1) { $0 + $1.weight }
      for id in record.deleted {
        if let job = jobPlaces[id] { hide(job) }
      }
      record.timer = timers.add(record.until, .undo(number: row.number))
      undos.add(record)
      if record.stored != row { repairs.append(.store(.putUndo(record.stored))) }
    }
  }

  // MARK: Asking

  /// The newest first.
  public func undoSummaries(limit: Int = .max) -> [UndoSummary] { undos.records.suffix(limit).reversed().map(\.summary) }

  public func undoSummary(_ number: UInt64) -> UndoSummary? { undos[number]?.summary }
}

/// An order in a few words: `delete job 14 "shot"`, `set priority of 3 nodes`.
struct UndoWhat {
  var verb: String
  var noun: String
  /// Names of what it changed.
  var done: [String]

  var nodes: Int { done.count }
  func text(_ nodes: Int) -> String { nodes == 1 && done.count == 1 ? "\(verb) \(done[0])" : "\(verb) \(nodes) \(noun)s" }
}

/// What is told of each node, in the order in which it came.
struct UndoTally {
  struct Said {
    var isDone = false
    var texts: [String] = []
  }
  private var order: [String] = []
  private var all: [String: Said] = [:]

  /// - Parameter isDone: nil: says nothing of it.
  mutating func note(_ node: String, _ isDone: Bool?, _ text: String) {
    if all[node] == nil { order.append(node) }
    if isDone == true { all[node, default: Said()].isDone = true }
    if all[node]?.texts.contains(text) != true { all[node, default: Said()].texts.append(text) }
  }

  var said: [(String, Said)] { order.compactMap { node in all[node].map { (node, $0) } } }
}
