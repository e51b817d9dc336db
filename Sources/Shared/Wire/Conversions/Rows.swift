public import Model

extension WireTaskKey {
  public init(_ key: TaskKey) {
    self.init()
    job = key.job.value
    block = UInt32(key.block.value)
    task = key.task.value
  }
}

extension TaskKey {
  public init(_ key: WireTaskKey) {
    self.init(job: JobID(key.job), block: BlockIndex(UInt16(truncatingIfNeeded: key.block)), task: TaskIndex(key.task))
  }
}

extension WireTaskCounts {
  public init(_ counts: TaskCounts) {
    self.init()
    total = counts.total
    ready = counts.ready
    waitingDependency = counts.waitingDependency
    running = counts.running
    waitingReconnect = counts.waitingReconnect
    done = counts.done
    skipped = counts.skipped
    error = counts.error
    errorReady = counts.errorReady
    suspended = counts.suspended
    warning = counts.warning
  }
}

extension TaskCounts {
  public init(_ wire: WireTaskCounts) {
    self.init()
    total = wire.total
    ready = wire.ready
    waitingDependency = wire.waitingDependency
    running = wire.running
    waitingReconnect = wire.waitingReconnect
    done = wire.done
    skipped = wire.skipped
    error = wire.error
    errorReady = wire.errorReady
    suspended = wire.suspended
    warning = wire.warning
  }
}

extension WireJobRow {
  public init(_ row: JobSummary) {
    self.init()
    id = row.id.value
    name = row.name
    user = row.user
    priority = UInt32(row.priority)
    state = row.state.rawValue
    counts = WireTaskCounts(row.counts)
    created = row.created.microseconds
    started = row.started.microseconds
    done = row.done.microseconds
    blockCount = row.blockCount
    annotation = row.annotation
    progressBar = row.progressBar
    branch = row.branch
  }
}

extension JobSummary {
  public init(_ row: WireJobRow) {
    self.init(
      id: JobID(row.id), name: row.name, user: row.user, priority: UInt8(truncatingIfNeeded: row.priority),
      state: StateBits(rawValue: row.state), counts: TaskCounts(row.counts), created: Instant(microseconds: row.created),
      started: Instant(microseconds: row.started), done: Instant(microseconds: row.done), blockCount: row.blockCount,
      annotation: row.annotation, progressBar: row.progressBar, branch: row.branch)
  }
}

extension WireBlockRow {
  public init(_ row: BlockSummary) {
    self.init()
    job = row.job.value
    block = UInt32(row.block.value)
    name = row.name
    service = row.service
    state = row.state.rawValue
    counts = WireTaskCounts(row.counts)
    capacity = row.capacity
    errors = row.errors
    runSeconds = row.runSeconds
    started = row.started.microseconds
    done = row.done.microseconds
  }
}

extension BlockSummary {
  public init(_ row: WireBlockRow) {
    self.init(
      job: JobID(row.job), block: BlockIndex(UInt16(truncatingIfNeeded: row.block)), name: row.name, service: row.service,
      state: StateBits(rawValue: row.state), counts: TaskCounts(row.counts), capacity: row.capacity, errors: row.errors,
      runSeconds: row.runSeconds, started: Instant(microseconds: row.started), done: Instant(microseconds: row.done))
  }
}

extension WireTaskRow {
  public init(_ row: TaskSummary) {
    self.init()
    key = WireTaskKey(row.key)
    name = row.name
    phase = UInt32(row.phase.rawValue)
    flags = UInt32(row.flags.rawValue)
    percent = row.percent
    frame = row.frame
    starts = row.starts
    errors = row.errors
    render = row.render
    started = row.started.microseconds
    finished = row.finished.microseconds
    activity = row.activity
    reason = row.reason
  }
}

extension TaskSummary {
  public init(_ row: WireTaskRow) {
    self.init(
      key: TaskKey(row.key), name: row.name, phase: TaskPhase(rawValue: UInt8(truncatingIfNeeded: row.phase)) ?? .ready,
      flags: TaskFlags(rawValue: UInt8(truncatingIfNeeded: row.flags)), percent: row.percent, frame: row.frame, starts: row.starts,
      errors: row.errors, render: row.render, started: Instant(microseconds: row.started),
      finished: Instant(microseconds: row.finished), activity: row.activity, reason: row.reason)
  }
}

extension WireRenderRow {
  public init(_ row: RenderSummary) {
    self.init()
    id = row.id.value
    name = row.name
    user = row.user
    state = row.state.rawValue
    priority = UInt32(row.priority)
    capacity = row.capacity
    capacityUsed = row.capacityUsed
    maxTasks = row.maxTasks
    running = row.running.map(WireTaskKey.init)
    resources = WireResources(row.resources)
    version = row.version
    os = row.os
    address = row.address
    registered = row.registered.microseconds
    seen = row.seen.microseconds
    changed = row.changed.microseconds
  }
}

extension RenderSummary {
  public init(_ row: WireRenderRow) {
    self.init(
      id: RenderID(row.id), name: row.name, user: row.user, state: RenderState(rawValue: row.state),
      priority: UInt8(truncatingIfNeeded: row.priority), capacity: row.capacity, capacityUsed: row.capacityUsed,
      maxTasks: row.maxTasks, running: row.running.map(TaskKey.init), resources: HostResources(row.resources), version: row.version,
      os: row.os, address: row.address, registered: Instant(microseconds: row.registered), seen: Instant(microseconds: row.seen),
      changed: Instant(microseconds: row.changed))
  }
}

extension WireUserRow {
  public init(_ row: UserSummary) {
    self.init()
    name = row.name
    jobs = row.jobs
    running = row.running
  }
}

extension UserSummary {
  public init(_ row: WireUserRow) { self.init(name: row.name, jobs: row.jobs, running: row.running) }
}
