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
    guard anyPlace(.system) == nil else {
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
  mutating func putSystem(_ job: Job) {
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
  func place(of kind: SystemBlock) -> Int? { system.place.map { jobs[$0].blocks[kind.rawValue] } }

  /// What a task of the system job runs.
  func systemCommand(_ block: Int, _ task: Int) -> SystemCommand? {
    systemBlock(block).flatMap { system.lines[$0.rawValue].slots[task]?.command }
  }

  // MARK: Commands come

  /// Whether a command can wait: its block's line has room.
  func hasRoom(for kind: SystemBlock, _ bytes: Int) -> Bool {
    // A store from before there was a system job may have another job of its number.
    if system.place == nil, anyPlace(.system) != nil { return false }
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

  mutating func take(_ command: SystemCommand, _ slot: Int, _ block: Int, _ kind: SystemBlock) {
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
        if command.kind == .pre, command.job.flatMap({ anyPlace($0) }) == nil {
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
}
