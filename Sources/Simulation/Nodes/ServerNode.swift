import Model
import Scheduler

/// The server: the real farm and the real rules of commit, with a simulated disk and network around them, as `FarmActor` and
/// `CommitQueue` are around them in `Sources/Server`.
final class ServerNode: Node {
  private enum Wake: Int { case time, disk, retry, probe }

  unowned let world: World
  let name = "server"
  private let settings: FarmSettings
  /// The farm of one life, behind a reference: to ask it something copies nothing.
  private final class Living {
    var farm: Farm
    init(_ farm: Farm) { self.farm = farm }

    var nextTimer: Instant? { Self.nextTimer(&farm) }
    func run(_ lease: Lease) -> StoredRun? { Self.run(&farm, lease) }
    func phase(of key: TaskKey) -> TaskPhase? { Self.phase(&farm, key) }

    // In place: a farm that is read through a reference would be copied first, with each of its hundred arrays retained.
    private static func nextTimer(_ farm: inout Farm) -> Instant? { farm.nextTimer }
    private static func run(_ farm: inout Farm, _ lease: Lease) -> StoredRun? { farm.run(lease) }
    private static func phase(_ farm: inout Farm, _ key: TaskKey) -> TaskPhase? { farm.task(key)?.phase }
  }
  private var living: Living?
  var disk = Disk()
  /// What a store would have that took all rows so far: what is being written too.
  private(set) var whole = MemoryStore()

  // Of one life.
  private(set) var farmNow = Instant.never
  /// Wall minus simulated clock, as it was when it started.
  private var offset = Span(microseconds: 0)
  private var line = CommitLine<Parcel>()
  private var writing: [CommitLine<Parcel>.Batch] = []
  private var renderOf: [Int: RenderID] = [:]
  private var connectionOf: [RenderID: Int] = [:]
  private var effects: [Effect] = []
  private var batch = CommitLine<Parcel>.Batch()
  private var outgoing: [Parcel] = []
  private var timers: UInt64 = 0
  private var timerAt: Instant?
  private var judgeAt: Instant?

  private var chance: Seeded
  private var hasBeenSetUp = false
  /// By name, as the root pool has them from the beginning.
  private var ticketLimits: [String: Int32] = [:]
  private var sinceAudit = 0
  /// It dies when so many rows are being written; 0: it does not.
  private var deadlyRows = 0
  private var deadFor = Span(microseconds: 0)

  init(_ world: World, settings: FarmSettings) {
    self.world = world
    self.settings = settings
    chance = Seeded(world.seed, 50)
  }

  var isUp: Bool { living != nil }
  /// A copy.
  var farm: Farm? { living?.farm }

  // MARK: - Life and death

  func start() {
    offset = world.wallClock
    farmNow = world.now + offset
    var snapshot = disk.kept.snapshot
    let forgotten = world.options.sabotage == .forgetTickets ? Self.withoutTickets(&snapshot) : []
    whole = disk.kept
    line = CommitLine()
    living = Living(Farm(settings: settings, snapshot: snapshot, at: farmNow))
    for edit in forgotten { living?.farm.apply(.edit(edit, by: Self.setUp, request: Self.nobody), at: farmNow, into: &effects) }
    effects.removeAll { if case .answer = $0 { true } else { false } }
    route(byPeople: false)
    checkPromises()
    perform(.listening)
    if !hasBeenSetUp { setUpPools() }
    audit()
    settle()
  }

  func crash(_ depth: CrashDepth) {
    let what = disk.crash(&chance)
    world.trace("its disk: \(what)")
    living = nil
    writing = []
    renderOf = [:]
    connectionOf = [:]
    effects = []
    batch = .init()
    outgoing = []
    timerAt = nil
    judgeAt = nil
  }

  func heal() {}

  /// At the next transaction of so many rows.
  func dieInCommit(of rows: Int, for duration: Span) {
    deadlyRows = rows
    deadFor = duration
  }

  private static let setUp = Actor(user: "root", host: "server", role: .administrator)
  private static let nobody = RequestID(connection: ConnectionID(0), number: 0)

  private func setUpPools() {
    hasBeenSetUp = true
    for (key, value) in Wishes.pools(&chance) {
      if key.hasPrefix("tickets_pool."), case .integer(let count) = value {
        ticketLimits[String(key.dropFirst("tickets_pool.".count))] = Int32(count)
      }
      perform(
        .edit(
          Edit(target: .pools(.names(["/"])), changes: [.init(key: key, value: value)]), by: Self.setUp, request: Self.nobody))
    }
  }

  // MARK: - Connections

  func opened(_ connection: Int) {}
  func failed(_ connection: Int) {}

  func closed(_ connection: Int) {
    guard isUp, let render = renderOf.removeValue(forKey: connection) else { return }
    if connectionOf[render] == connection { connectionOf[render] = nil }
    mail { perform(.renderDisconnected(render, connection: ConnectionID(UInt64(connection)))) }
  }

  func take(_ frame: Frame, from connection: Int) {
    guard isUp else { return }
    mail {
      switch frame {
      case .register(let registration): perform(.renderRegistered(registration, connection: ConnectionID(UInt64(connection))))
      case .ask(let number, let request): ask(request, RequestID(connection: ConnectionID(UInt64(connection)), number: number))
      default:
        guard let render = renderOf[connection] else { return }
        switch frame {
        case .alive(let resources): perform(.renderAlive(render, resources))
        case .started(let lease): perform(.runStarted(render, lease))
        case .progressed(let lease, let progress): perform(.runProgressed(render, lease, progress))
        case .finished(let lease, let key, let result): finished(render, lease, key, result)
        case .leaving(let ejected):
          perform(.renderLeft(render, connection: ConnectionID(UInt64(connection)), ejected: ejected))
        default: break
        }
      }
    }
  }

  /// One batch: what came, what is due, and what leaves.
  private func mail(_ body: () -> Void) {
    farmNow = max(farmNow, world.now + offset)
    body()
    if sinceAudit >= world.options.auditEvery { audit() }
    settle()
  }

  private func finished(_ render: RenderID, _ lease: Lease, _ key: TaskKey, _ result: RunResult) {
    var (render, told, key) = (render, lease, key)
    if world.options.sabotage == .dropLeaseCheck, let current = living?.farm.lease(of: key), current != lease {
      told = current
      render = living?.run(current)?.render ?? render
    }
    let run = living?.run(told).flatMap { $0.render == render ? $0 : nil }
    // Somebody may have said that it is done: its process was to be stopped.
    let wasDone = run.map { whole.tasks[$0.key]?.phase == .done } ?? false
    if told != lease, let run { key = run.key }
    world.promises.takesAgain(told)
    perform(.runFinished(render, told, key, result), about: run)
    guard let run, run.key.job != .system, !wasDone, living?.phase(of: run.key) == .done else { return }
    guard let truth = world.promises.truth(of: told), truth == .success || truth == .parserSuccess else {
      return world.fail("task \(run.key) is done by lease \(told), whose process did not end well")
    }
    world.promises.counts(told, run.key)
  }

  // MARK: - People

  private func ask(_ wish: Request, _ request: RequestID) {
    if case .failing = line.health {
      if case .list = wish {} else { return refuse(request) }
    } else if case .tight = line.health, case .submit = wish {
      return refuse(request)
    }
    let actor = Actor(user: "anna", host: "desk", role: .administrator)
    switch wish {
    case .submit(let spec): perform(.submit(spec, by: actor, request: request), byPeople: true)
    case .operate(let operation): perform(.operate(operation, by: actor, request: request), byPeople: true)
    case .edit(let edit): perform(.edit(edit, by: actor, request: request), byPeople: true)
    case .add(let addition, let job): perform(.add(addition, to: .ids([job]), by: actor, request: request), byPeople: true)
    case .operateRenders(let operation, let names):
      perform(.operateRenders(operation, names: names, by: actor, request: request), byPeople: true)
    case .undo(let number): perform(.undo(number, by: actor, request: request), byPeople: true)
    case .list:
      guard let farm else { return }
      let list = Parcel(
        connection: Int(request.connection.value), frame: .answer(request.number, .list(farm.jobIDs(limit: 1000))))
      if case .failing = line.health { return outgoing.append(list) }
      batch.outgoing.append(list)
    }
    guard let farm else { return }
    let answer = batch.outgoing.last.flatMap { parcel -> Answer? in
      if case .answer(request.number, .answer(let answer)) = parcel.frame { answer } else { nil }
    }
    world.promises.carriedOut(request, wish, answer ?? answered, farm)
  }

  /// The answer of the last command.
  private var answered: Answer?

  private func refuse(_ request: RequestID) {
    outgoing.append(
      Parcel(
        connection: Int(request.connection.value),
        frame: .answer(request.number, .answer(.failed(Failure(.failed, "the store fails"))))))
  }

  /// What nobody but people can mend: whatever holds a job for ever is taken away.
  ///
  /// - Parameter cleared: the jobs for which that was done already.
  func clearTheWay(_ cleared: inout Set<JobID>) {
    guard let farm else { return }
    farmNow = max(farmNow, world.now + offset)
    for command in Wishes.clearing(farm, farmNow, cleared: &cleared, by: Self.setUp, request: Self.nobody) {
      perform(command, byPeople: true)
    }
    settle()
  }

  // MARK: - The farm

  private func perform(_ command: Command, byPeople: Bool = false, about run: StoredRun? = nil) {
    living?.farm.apply(command, at: farmNow, into: &effects)
    sinceAudit += 1
    world.noteApplied()
    if case .runFinished(_, let lease, _, _) = command, run == nil { checkNothingChanged(by: lease) }
    route(byPeople: byPeople)
  }

  /// A result of a lease that is not out counts for nothing.
  private func checkNothingChanged(by lease: Lease) {
    for case .store(let change) in effects {
      switch change {
      case .putTask(let task): return world.fail("the late result of lease \(lease) changed task \(task.key)")
      case .deleteRun(let other): return world.fail("the late result of lease \(lease) ended the run of lease \(other)")
      default: break
      }
    }
  }

  private func route(byPeople: Bool) {
    answered = nil
    for effect in effects {
      switch effect {
      case .store(let change):
        if let undone = world.promises.looked(at: change, byPeople: byPeople) { world.fail(undone) }
        whole.apply(change)
        batch.rows.append(change)
      case .start(let render, let start):
        checkStart(start)
        toRender(render, .start(start))
      case .configure(let render, let configuration): toRender(render, .configure(configuration))
      case .stop(let render, let lease): toRender(render, .stop(lease))
      case .sleep: break
      case .acknowledge(let render, let lease): toRender(render, .acknowledge(lease))
      case .accepted(let render, let connection, let keep):
        let connection = Int(connection.value)
        renderOf[connection] = render
        connectionOf[render] = connection
        batch.outgoing.append(Parcel(connection: connection, frame: .accepted(render, keep: keep)))
      case .refused(let connection, _):
        batch.outgoing.append(Parcel(connection: Int(connection.value), frame: .refused))
      case .drop(let connection, let reason):
        world.trace("server drops \(connection): \(reason)")
        world.close(Int(connection.value), byServer: true)
        closedByMe.append(Int(connection.value))
      case .answer(let request, let answer):
        answered = answer
        if case .submitted(let job, _, _) = answer { batch.submitted.append(job) }
        if request.connection.value != 0 {
          batch.outgoing.append(Parcel(connection: Int(request.connection.value), frame: .answer(request.number, .answer(answer))))
        }
      case .changed(.jobRemoved(let id)): world.promises.isRemoved(id)
      case .log(let record): world.trace("farm: \(record.subject): \(record.text)")
      case .changed, .event, .ended, .removeOutput: break
      }
    }
    effects.removeAll(keepingCapacity: true)
  }

  private var closedByMe: [Int] = []

  private func toRender(_ render: RenderID, _ frame: Frame) {
    if let connection = connectionOf[render] { batch.outgoing.append(Parcel(connection: connection, frame: frame)) }
  }

  private func settle() {
    var rounds = 0
    while let due = living?.nextTimer, due <= farmNow, isTimeToJudge(due), rounds < 100 {
      rounds += 1
      perform(.time)
    }
    if rounds == 100 { world.fail("timers that are due do not end") }
    commit()
    for parcel in outgoing { release(parcel) }
    outgoing.removeAll(keepingCapacity: true)
    // Its farm hears of what it closed itself with the next batch, as the real one does.
    let closed = closedByMe
    closedByMe = []
    for connection in closed { self.closed(connection) }
    setTimer()
  }

  /// As `FarmActor` does: a server that was stopped itself first hears what its renders have to say.
  private func isTimeToJudge(_ due: Instant) -> Bool {
    guard farmNow - due > .seconds(2) else {
      judgeAt = nil
      return true
    }
    let moment = judgeAt ?? farmNow + .seconds(1)
    judgeAt = moment
    if moment > farmNow { return false }
    judgeAt = nil
    return true
  }

  private func setTimer() {
    guard let next = judgeAt ?? living?.nextTimer else { return }
    let moment = max(world.now, world.now + (next - farmNow)) + Span(microseconds: 100)
    if let timerAt, timerAt > world.now, timerAt <= moment { return }
    timerAt = moment
    timers += 1
    world.alarm(Alarm(kind: Wake.time.rawValue, number: timers), of: 0, at: moment)
  }

  func wake(_ alarm: Alarm) {
    guard isUp else { return }
    switch Wake(rawValue: alarm.kind) {
    case .time:
      guard alarm.number == timers else { return }
      timerAt = nil
      mail {}
    case .disk: written()
    case .retry: write()
    case .probe: if line.probeIsDue() { probe() }
    case nil: break
    }
  }

  // MARK: - The store

  private func commit() {
    var batch = self.batch
    self.batch = .init()
    if batch.isEmpty { return }
    if world.options.sabotage == .acknowledgeBeforeCommit {
      for parcel in batch.outgoing { release(parcel) }
      batch.outgoing = []
    }
    switch line.add(batch) {
    case .leaves(let batch): for parcel in batch.outgoing { release(parcel) }
    case .wakes: write()
    case .waits: break
    }
  }

  private func write() {
    writing = line.take()
    guard !writing.isEmpty else { return }
    let rows = writing.flatMap(\.rows)
    if rows.isEmpty { return keep() }
    let duration = disk.begin(rows, at: world.now, &chance)
    if deadlyRows > 0, rows.count >= deadlyRows {
      deadlyRows = 0
      world.trace("server dies in a commit")
      return world.crash(0, chance.chance(1, in: 2) ? .program : .machine, for: deadFor)
    }
    world.alarm(Alarm(kind: Wake.disk.rawValue), of: 0, at: world.now + duration)
  }

  private func written() {
    guard let reason = disk.end(at: world.now, &chance) else { return keep() }
    world.trace("the store says no: \(reason)")
    let failed = line.failed(writing, because: reason)
    writing = []
    for parcel in failed.leaving { release(parcel) }
    for job in failed.withdrawn { whole.withdraw(job) }
    farmNow = max(farmNow, world.now + offset)
    for job in failed.withdrawn { perform(.withdraw(job), byPeople: true) }
    // What the farm did for one of them before it heard of it: the line leaves it out.
    for job in failed.withdrawn { whole.withdraw(job) }
    settle()
    if let delay = failed.retryAfter {
      world.alarm(Alarm(kind: Wake.retry.rawValue), of: 0, at: world.now + .milliseconds(Int64(delay)))
    }
  }

  private func keep() {
    let batches = writing
    writing = []
    for batch in batches {
      for parcel in batch.outgoing { release(parcel) }
    }
    if line.kept() { probe() }
    write()
  }

  private func probe() {
    if let delay = line.probed(hasRoom: disk.hasRoom(at: world.now)) {
      world.alarm(Alarm(kind: Wake.probe.rawValue), of: 0, at: world.now + .milliseconds(Int64(delay)))
    }
  }

  private func release(_ parcel: Parcel) {
    world.send(parcel.frame, on: parcel.connection, fromServer: true)
    if case .refused = parcel.frame { world.close(parcel.connection, byServer: true) }
  }

  // MARK: - What must hold

  private func checkStart(_ start: RunStart) {
    if let living { checkStart(start, &living.farm) }
  }

  private func checkStart(_ start: RunStart, _ farm: inout Farm) {
    guard let out = farm.lease(of: start.key), let run = farm.run(start.lease),
      let block = farm.spec(start.key.job)?.blocks[Int(start.key.block.value)]
    else { return }
    if !block.flags.contains(.multiHost), out != start.lease {
      world.fail("task \(start.key) is started by lease \(start.lease) while lease \(out) is out")
    }
    if let render = farm.render(run.render), render.capacityUsed > render.capacity {
      world.fail("\(render.name) has \(render.capacityUsed) of \(render.capacity) in use")
    }
    for ticket in block.parameters.tickets.keys.sorted() { check(ticket, &farm) }
  }

  /// Counted from the tasks that are out and what their blocks say, not from what the farm says of tickets.
  private func check(_ ticket: String, _ farm: inout Farm) {
    guard let limit = ticketLimits[ticket] else { return }
    var used: Int32 = 0
    for id in farm.jobIDs(limit: .max) {
      guard let spec = farm.spec(id) else { continue }
      for (index, block) in spec.blocks.enumerated() {
        guard let count = block.parameters.tickets[ticket] else { continue }
        used += count * Int32(farm.taskCount(of: id, block: BlockIndex(index), state: [.running, .waitReconnect]))
      }
    }
    if used > limit { world.fail("ticket \(ticket): \(used) of \(limit) are in use") }
  }

  private func checkPromises() {
    guard let farm else { return }
    if let first = world.promises.broken(farm).first { world.fail(first) }
  }

  func audit() {
    sinceAudit = 0
    guard let farm else { return }
    if let first = farm.audit(at: farmNow, against: whole.snapshot, isThorough: true).first { world.fail(first) }
    checkPromises()
  }

  /// Takes the tickets out of all blocks with tasks out.
  ///
  /// - Returns: what puts them back, but not to the runs.
  private static func withoutTickets(_ snapshot: inout StoreSnapshot) -> [Edit] {
    var edits: [Edit] = []
    let out = Set(snapshot.runs.map(\.key.job))
    for job in snapshot.jobs.indices where out.contains(snapshot.jobs[job].id) {
      for block in snapshot.jobs[job].spec.blocks.indices {
        let tickets = snapshot.jobs[job].spec.blocks[block].parameters.tickets
        guard !tickets.isEmpty else { continue }
        snapshot.jobs[job].spec.blocks[block].parameters.tickets = [:]
        edits.append(
          Edit(
            target: .blocks(.ids([snapshot.jobs[job].id]), .index(BlockIndex(block))),
            changes: tickets.sorted { $0.key < $1.key }.map { .init(key: "tickets.\($0.key)", value: .integer(Int64($0.value))) }))
      }
    }
    return edits
  }
}
