import Model

/// The farm's own work (reference/afanasy.md section 5): job 1, with a block for each kind of it.
///
/// Tasks of such a block are *slots*. A free slot is skipped and holds nothing; a command takes the first free one, which is ready
/// from then on and lives as any task does: it is given to renders, tried again, goes on over a restart. When it has ended for good,
/// the slot is free again. Commands that find no slot wait in line. Each command has a row in the store until it has ended.
struct SystemJob: Sendable {
  /// Whose the job is, as in Afanasy.
  static let user = "afadmin"
  static let name = "afanasy"

  /// Place in `Farm.jobs`; nil: it is not made yet.
  var place: Int?
  /// By `SystemBlock`.
  var lines = SystemBlock.allCases.map { _ in SystemLine() }
  /// Something changed that may let a render take a task in the slot that it keeps for that.
  var isDue = false
  /// Renders that could: online, and nothing of the system job runs in their kept slot.
  var keepers = BitSet()
}

/// What one block of the system job has to do.
struct SystemLine: Sendable {
  struct Slot: Sendable {
    var command: SystemCommand
    /// When it will have been a task for too long.
    var timer: TimerID?
    var isOld = false
  }

  /// Commands that have no slot, in the order in which they came. Those before `first` are gone.
  private var line: [SystemCommand] = []
  private var first = 0
  /// Memory of its commands, those in slots too.
  var bytes = 0
  /// By task.
  var slots: [Int: Slot] = [:]
  /// Since the farm was loaded.
  var done: Int64 = 0
  var failed: Int64 = 0

  var waiting: Int { line.count - first }
  var commands: ArraySlice<SystemCommand> { line[first...] }

  mutating func append(_ command: SystemCommand) {
    line.append(command)
    bytes += command.size
  }

  /// Takes out what is meant. O(commands that wait).
  mutating func removeAll(where isMeant: (SystemCommand) -> Bool) -> [SystemCommand] {
    let gone = commands.filter(isMeant)
    guard !gone.isEmpty else { return [] }
    line = commands.filter { !isMeant($0) }
    first = 0
    bytes -= gone.reduce(0) { $0 + $1.size }
    return gone
  }

  mutating func popFirst() -> SystemCommand? {
    guard first < line.count else { return nil }
    let command = line[first]
    bytes -= command.size
    first += 1
    if first == line.count {
      line = []
      first = 0
    } else if first > 1024, first > line.count / 2 {
      line.removeFirst(first)
      first = 0
    }
    return command
  }
}

extension Farm {
  /// The spec of the job as this farm's settings want it, with what people set on it kept.
  func systemSpec(_ stored: JobSpec? = nil, tasks: Int) -> JobSpec {
    var spec = stored ?? JobSpec(name: SystemJob.name, user: SystemJob.user, priority: Limits.defaultPriority, blocks: [])
    let frames = Frames(first: 0, last: Int64(max(1, tasks)) - 1, perTask: 1, increment: 1)
    spec.blocks = SystemBlock.allCases.map { kind in
      var block = spec.blocks.first { $0.name == kind.name } ?? Self.newSystemBlock(kind)
      block.work = .numeric(frames)
      block.flags.insert(.numeric)
      block.service = settings.systemServices[kind.rawValue]
      return block
    }
    return spec
  }

  private static func newSystemBlock(_ kind: SystemBlock) -> BlockSpec {
    // Each task has its own command; a block is nothing without one.
    var block = BlockSpec(name: kind.name, work: .listed([], framesPerTask: 1), command: ":", errorsRetries: 9)
    block.parameters.errorsAvoidHost = 3
    block.parameters.errorsTaskSameHost = 1
    block.parameters.errorsForgiveTime = 600
    block.parameters.taskMaxRunTime = 60
    if kind == .wakeOnLan {
      block.parameters.ignoreNimby = true
      block.parameters.ignorePaused = true
    }
    return block
  }

  /// Makes the job when the farm has none yet.
  mutating func makeSystemJob() {
    guard system.place == nil else { return }
    guard jobPlaces[.system] == nil else {
      return log(
        .error, .farm,
        "job 1 is not the system job: until it is deleted and the server restarted nothing runs post-commands, events and wakes")
    }
    let spec = systemSpec(tasks: Int(settings.systemTasksMax))
    let user = userPlace(SystemJob.user)
    if !people[user].isStored {
      people[user].isStored = true
      people[user].registered = now
      store(.putUser(people[user].stored))
      changed(.user(SystemJob.user))
    }
    let job = Job(id: .system, spec: spec, user: user, priority: spec.priority, isOffline: false, blocks: [], created: now)
    store(.putJob(StoredJob(id: .system, spec: spec, state: job.stored)))
    putSystem(job)
  }

  /// Puts the job into the farm with all slots free.
  private mutating func putSystem(_ job: Job) {
    let place = add(job, try? BlockDependencies(job.spec.blocks))
    system.place = place
    for block in jobs[place].blocks {
      change(block) { $0.emptySlots() }
      refreshQueue(block)
    }
  }

  /// Which of the system job's blocks this is, if it is one.
  func systemBlock(_ block: Int) -> SystemBlock? {
    blocks[block].id == .system && system.place == blocks[block].job ? SystemBlock(rawValue: Int(blocks[block].index.value)) : nil
  }

  /// Place in `Farm.blocks`.
  private func place(of kind: SystemBlock) -> Int? { system.place.map { jobs[$0].blocks[kind.rawValue] } }

  /// What a task of the system job runs.
  func systemCommand(_ block: Int, _ task: Int) -> SystemCommand? {
    systemBlock(block).flatMap { system.lines[$0.rawValue].slots[task]?.command }
  }

  // MARK: Commands come

  /// Whether a command can wait: its block's line has room.
  func hasRoom(for kind: SystemBlock, _ bytes: Int) -> Bool {
    // A store from before there was a system job may have another job of its number.
    if system.place == nil, jobPlaces[.system] != nil { return false }
    return system.lines[kind.rawValue].bytes + bytes <= Limits.systemQueueBytes
  }

  /// Has a command run on the farm: its row is stored with what led to it.
  ///
  /// - Returns: false when too many wait already; nothing is changed then.
  @discardableResult
  mutating func push(_ command: SystemCommand) -> Bool {
    makeSystemJob()
    let kind = command.kind.block
    guard let block = place(of: kind) else { return false }
    guard hasRoom(for: kind, command.size) else {
      let waiting = system.lines[kind.rawValue].waiting
      log(
        .error, .job(.system),
        "\(waiting) commands of \(kind.name) wait already: dropped \"\(command.taskName)\" of \(command.jobName)")
      return false
    }
    var command = command
    let (number, reservation) = counters.nextJournal()
    if let reservation { store(reservation) }
    command.number = number
    command.created = now
    let slot = system.lines[kind.rawValue].waiting == 0 && takesCommands(block) ? freeSlot(block) : nil
    store(.putSystemCommand(StoredSystemCommand(command: command, task: slot.map { TaskIndex($0) })))
    if let slot { take(command, slot, block, kind) } else { system.lines[kind.rawValue].append(command) }
    changed(.job(.system))
    return true
  }

  private func freeSlot(_ block: Int) -> Int? {
    let used = Int(blocks[block].counts.total - blocks[block].counts[.skipped])
    return used < Int(settings.systemTasksMax) ? blocks[block].skipped.next(from: 0) : nil
  }

  /// Whether its commands may become tasks: not while nothing of it can start, so that they do not grow old meanwhile.
  func takesCommands(_ block: Int) -> Bool { blocks[block].isOpen && isStartable(blocks[block].job) && hasTakers(block) }

  /// Whether some render is online that may run it.
  func hasTakers(_ block: Int) -> Bool {
    solver.classes[blocks[block].demand].renders.nextCommon(solver.online, from: 0) != nil
  }

  private mutating func take(_ command: SystemCommand, _ slot: Int, _ block: Int, _ kind: SystemBlock) {
    let timer = timers.add(now + settings.systemTaskLife, .systemLife(block: block, task: slot))
    system.lines[kind.rawValue].slots[slot] = SystemLine.Slot(command: command, timer: timer)
    system.lines[kind.rawValue].bytes += command.size
    system.isDue = true
    blocks[block].ages?[slot] = command.number
    move(block, slot, to: .ready)
    changed(.task(blocks[block].key(slot)))
  }

  /// Lets commands that wait become tasks, as far as there are slots and renders. Costs nothing when none waits.
  mutating func fillSlots() {
    for kind in SystemBlock.allCases where system.lines[kind.rawValue].waiting > 0 {
      guard let block = place(of: kind), takesCommands(block) else { continue }
      var isNews = false
      while let slot = freeSlot(block), let command = system.lines[kind.rawValue].popFirst() {
        isNews = true
        if command.kind == .pre, command.job.flatMap({ jobPlaces[$0] }) == nil {
          // The job that was to wait for it is gone.
          store(.deleteSystemCommand(command.number))
        } else {
          store(.placeSystemCommand(command.number, TaskIndex(slot)))
          take(command, slot, block, kind)
        }
      }
      if isNews { changed(.job(.system)) }
    }
  }

  // MARK: Tasks start

  /// Starts tasks of the system job in the slot that each render keeps for them, beyond its capacity and its tasks at once, when
  /// nothing else is free for them.
  mutating func startInKeptSlots() {
    guard system.isDue, let job = system.place else { return }
    system.isDue = false
    guard isStartable(job) else { return }
    for block in jobs[job].ready {
      while blocks[block].isQueued, let choice = keptSlot(block) { start(choice, inKeptSlot: true) }
    }
  }

  private func keptSlot(_ block: Int) -> Choice? {
    let demand = blocks[block].demand
    let perHost = blocks[block].maxPerHost
    var from = 0
    while let render = solver.classes[demand].renders.nextCommon(system.keepers, from: from) {
      from = render + 1
      if perHost >= 0, blocks[block].onHost[render] ?? 0 >= perHost { continue }
      guard hasTickets(demand, render), let task = nextTask(block, on: render) else { continue }
      return Choice(block: block, render: render, task: task)
    }
    return nil
  }

  private func hasTickets(_ demand: Int, _ render: Int) -> Bool {
    for need in solver.classes[demand].demand.tickets where ticketsFree(Int(need.ticket), render) < need.count { return false }
    return true
  }

  /// Brings the index of kept slots up to date with a render.
  mutating func indexKeeper(_ render: Int) {
    let isOnline = renders[render].isOnline && renders[render].connection != nil
    let keeps =
      isOnline && renders[render].keptRuns == 0 && renders[render].priority > 0
      && renders[render].state.isDisjoint(with: [.sick, .wolFalling])
    solver.online.set(render, isOnline)
    if keeps, !system.keepers.contains(render) { system.isDue = true }
    system.keepers.set(render, keeps)
  }

  /// A task of it is tried for the first time: from now on it grows old.
  mutating func systemTaskBegins(_ block: Int, _ task: Int) {
    guard let kind = systemBlock(block), var slot = system.lines[kind.rawValue].slots[task] else { return }
    timers.cancel(&slot.timer)
    slot.timer = timers.add(now + settings.systemTaskLife, .systemLife(block: block, task: task))
    system.lines[kind.rawValue].slots[task] = slot
  }

  // MARK: Tasks end

  /// A task of the system job does not run any more, or grew old. What has ended for good goes.
  ///
  /// - Parameter result: of the run that has just ended, if one has.
  mutating func systemTaskSettled(_ block: Int, _ task: Int, _ result: RunResult? = nil) {
    guard let kind = systemBlock(block), let slot = system.lines[kind.rawValue].slots[task] else { return }
    let phase = blocks[block].base(task)
    if let result, phase == .errorReady || phase == .error { tellFailure(slot.command, block, task, result) }
    switch phase {
    case .done: free(task, block, kind, .done)
    // An event that asked for nothing, or what somebody dropped while it ran.
    case .skipped: free(task, block, kind, result?.outcome == .skipped ? .done : .dropped)
    case .error:
      giveUp(slot.command, block, task, "its retries are used up")
      free(task, block, kind, .failed)
    case .errorReady, .ready:
      guard slot.isOld else { return }
      giveUp(slot.command, block, task, "it is older than \(settings.systemTaskLife.seconds) s")
      free(task, block, kind, .failed)
    case .running, .waitingReconnect, .suspended, .waitingDependency: return
    }
  }

  private enum Ending { case done, failed, dropped }

  private mutating func giveUp(_ command: SystemCommand, _ block: Int, _ task: Int, _ why: String) {
    let text = "task \(blocks[block].key(task)) given up, since \(why): \(Self.text(command))"
    log(.error, .job(.system), text)
    journal("jobs error", "job 1", text)
  }

  private mutating func tellFailure(_ command: SystemCommand, _ block: Int, _ task: Int, _ result: RunResult) {
    let output = result.output.isEmpty ? "" : "\noutput:\n\(result.output)"
    let reason = blocks[block].reasons[UInt32(task)] ?? "failed"
    journal("tasks error", "job 1", "task \(blocks[block].key(task)): \(reason): \(Self.text(command))\(output)")
  }

  /// Whose it is and what it is, for logs: an event's data is not part of it.
  static func text(_ command: SystemCommand) -> String {
    let what = command.kind == .event ? command.taskName : String(command.text.prefix(2000))
    return "\(command.user), \(command.jobName): \(what)"
  }

  /// The slot is free again, and the command is forgotten.
  private mutating func free(_ task: Int, _ block: Int, _ kind: SystemBlock, _ ending: Ending) {
    guard var slot = system.lines[kind.rawValue].slots.removeValue(forKey: task) else { return }
    timers.cancel(&slot.timer)
    system.lines[kind.rawValue].bytes -= slot.command.size
    let key = blocks[block].key(task)
    switch ending {
    case .done:
      system.lines[kind.rawValue].done += 1
      // Events have a list of their own.
      if kind != .events { journal("tasks done", "job 1", "task \(key) done: \(Self.text(slot.command))") }
    case .failed: system.lines[kind.rawValue].failed += 1
    case .dropped: break
    }
    store(.deleteSystemCommand(slot.command.number))
    store(.deleteTask(key))
    _ = resetErrorHosts(block, tasks: [task..<task + 1])
    change(block) {
      $0.setErrors(task, 0)
      $0.setFlags(task, [])
      $0.reasons[UInt32(task)] = nil
    }
    move(block, task, to: .skipped)
    change(block) { $0.forget(task) }
    blocks[block].ages?[task] = nil
    changed(.task(key))
    changed(.job(.system))
    if slot.command.kind == .pre { preCommandEnded(slot.command, succeeded: ending == .done) }
  }

  /// A task of it has been a task for long. It is old when it was tried meanwhile: as in Afanasy, whose tasks are made when a render
  /// takes them.
  mutating func systemLifeIsOver(_ block: Int, _ task: Int) {
    guard let kind = systemBlock(block), system.lines[kind.rawValue].slots[task] != nil else { return }
    system.lines[kind.rawValue].slots[task]?.timer = nil
    // What was never tried is not given up: the farm was too busy, or nothing could start.
    guard blocks[block].pages[task]?.starts ?? 0 > 0, takesCommands(block) else {
      system.lines[kind.rawValue].slots[task]?.timer = timers.add(
        now + settings.systemTaskLife, .systemLife(block: block, task: task))
      return
    }
    system.lines[kind.rawValue].slots[task]?.isOld = true
    systemTaskSettled(block, task)
  }

  // MARK: People

  /// Does to the system job what is otherwise done to it than to any job.
  ///
  /// - Returns: false: it is done as to any job.
  mutating func operateSystem(_ operation: Operation, _ outcome: inout OperationOutcome) throws(Failure) -> Bool {
    switch operation.kind {
    case .start, .pause, .stop, .resetErrorHosts, .restartRunning, .restartErrors: return false
    case .restart, .restartPause, .skip:
      guard let job = system.place else { return false }
      if operation.kind == .restartPause { _ = setOffline(job, true) }
      var dropped = 0
      for target in try targets(operation, in: job) { dropped += drop(target, withLine: operation.kind != .skip) }
      outcome.isDone = true
      outcome.changedTasks = Int32(clamping: dropped)
      outcome.message = dropped == 0 ? "nothing to drop" : "dropped \(number(dropped, "command"))"
      return true
    case .delete:
      throw Failure(.failed, "the system job cannot be deleted (reeve sysjob restart BLOCK drops what it has to do)")
    default: throw Failure(.failed, "\(operation.kind.word) is not for the system job")
    }
  }

  /// Drops the commands of some tasks, and those that wait in line if these are meant too.
  private mutating func drop(_ target: TaskTarget, withLine: Bool) -> Int {
    let block = target.block
    guard let kind = systemBlock(block) else { return 0 }
    var dropped = 0
    if withLine {
      while let command = system.lines[kind.rawValue].popFirst() {
        store(.deleteSystemCommand(command.number))
        if command.kind == .pre { preCommandEnded(command, succeeded: false, because: "it was dropped") }
        dropped += 1
      }
    }
    for task in system.lines[kind.rawValue].slots.keys.sorted() where target.ranges.contains(where: { $0.contains(task) }) {
      dropped += 1
      drop(task, block, kind)
    }
    return dropped
  }

  private mutating func drop(_ task: Int, _ block: Int, _ kind: SystemBlock) {
    if !blocks[block].base(task).isOut {
      free(task, block, kind, .dropped)
    } else if let run = runPlace(block, task) {
      requestStop(run, .skip)
    }
  }

  /// Nobody waits for these calls any more: the render is awake, or gone. One that is under way may end.
  mutating func dropWakes(of id: RenderID) { drop(.wakeOnLan) { $0.render == id } }

  /// A job that was refused takes its commands with it. What was to start of them was never sent.
  mutating func dropCommands(of id: JobID) {
    for kind in [SystemBlock.postCommands, .events] {
      guard let block = place(of: kind) else { continue }
      for task in system.lines[kind.rawValue].slots.keys.sorted() where system.lines[kind.rawValue].slots[task]?.command.job == id {
        guard let place = runPlace(block, task), let run = runs[place] else { continue }
        store(.deleteRun(run.lease))
        detach(place)
        index(run.render, isFreer: true)
        changed(.render(renders[run.render].id))
        free(task, block, kind, .dropped)
      }
      drop(kind) { $0.job == id }
    }
  }

  /// Drops the commands that are meant, in line and in slots, but for those that run.
  private mutating func drop(_ kind: SystemBlock, where isMeant: (SystemCommand) -> Bool) {
    guard let block = place(of: kind) else { return }
    for command in system.lines[kind.rawValue].removeAll(where: isMeant) { store(.deleteSystemCommand(command.number)) }
    for task in system.lines[kind.rawValue].slots.keys.sorted() where !blocks[block].base(task).isOut {
      if let command = system.lines[kind.rawValue].slots[task]?.command, isMeant(command) { free(task, block, kind, .dropped) }
    }
  }

  /// What of the system job and its blocks nobody may change.
  static func faultOfSystemEdit(_ changes: [Edit.Change], ofBlock: Bool) -> DocumentError? {
    let fixed =
      ofBlock
      ? [
        "name", "service", "flags", "command", "tasks_name", "working_directory", "files", "file_size_min", "file_size_max",
        "command_pre", "command_post", "sequential", "depend_mask", "tasks_depend_mask", "multihost_service",
        "multihost_max_wait", "multihost_service_wait", "capacity_coeff_min", "capacity_coeff_max",
      ]
      : [
        "user_name", "branch", "time_wait", "time_life", "depend_mask", "depend_mask_global", "ppa", "maintenance", "preempt",
        "command_pre", "command_post",
      ]
    guard let key = changes.map(\.key).first(where: fixed.contains) else { return nil }
    return DocumentError(
      key, key == "service" ? "the configuration says it (af_sysjob_…_service)" : "it is fixed for the system job")
  }

  // MARK: Loading

  /// The job as the settings are now, with as many slots as are in use, and every command where it was.
  mutating func loadSystem(_ stored: StoredJob, _ commands: [StoredSystemCommand]) {
    let most = commands.compactMap { $0.task.map { Int($0.value) + 1 } }.max() ?? 0
    let spec = systemSpec(stored.spec, tasks: max(Int(settings.systemTasksMax), min(most, 1 << 16)))
    if spec != stored.spec { repairs.append(.store(.putJobParameters(.system, spec))) }
    let user = userPlace(SystemJob.user)
    if !people[user].isStored {
      people[user].isStored = true
      repairs.append(.store(.putUser(people[user].stored)))
    }
    var job = Job(
      id: .system, spec: spec, user: user, priority: stored.state.priority, isOffline: stored.state.isOffline, blocks: [],
      created: stored.state.created)
    job.started = stored.state.started
    putSystem(job)
    for entry in commands.sorted(by: { $0.command.number < $1.command.number }) {
      let kind = entry.command.kind.block
      guard let block = place(of: kind) else { continue }
      if let task = entry.task.map({ Int($0.value) }), task < blocks[block].count, system.lines[kind.rawValue].slots[task] == nil {
        take(entry.command, task, block, kind)
      } else {
        system.lines[kind.rawValue].append(entry.command)
      }
      if entry.command.kind == .pre, let job = entry.command.job.flatMap({ jobPlaces[$0] }) { jobs[job].preCommandsLeft += 1 }
    }
  }

  /// Whether a task or run of the system job that was stored still belongs to a command.
  func isKnown(_ key: TaskKey) -> Bool {
    guard key.job == .system, let kind = SystemBlock(rawValue: Int(key.block.value)), system.place != nil else { return true }
    return system.lines[kind.rawValue].slots[Int(key.task.value)] != nil
  }

  /// After its tasks and runs were loaded: what had ended, or was dropped while it ran, goes.
  mutating func settleLoadedSystem() {
    guard let place = system.place else { return }
    for kind in SystemBlock.allCases {
      let block = jobs[place].blocks[kind.rawValue]
      for task in system.lines[kind.rawValue].slots.keys.sorted() {
        let ending: Ending? =
          switch blocks[block].base(task) {
          case .done: .done
          case .skipped: .dropped
          case .error: .failed
          default: nil
          }
        if let ending { free(task, block, kind, ending) }
      }
    }
  }
}
