public import Model

// The system job, and events.

extension WireSystemBlockRow {
  public init(_ row: SystemBlockSummary) {
    self.init()
    block = UInt32(row.block.rawValue)
    service = row.service
    waiting = Int64(row.waiting)
    ready = Int64(row.ready)
    running = Int64(row.running)
    retrying = Int64(row.retrying)
    done = row.done
    failed = row.failed
    renders = Int64(row.renders)
  }
}

extension SystemBlockSummary {
  /// nil: a block that this program does not know.
  public init?(_ wire: WireSystemBlockRow) {
    guard let block = SystemBlock(rawValue: Int(wire.block)) else { return nil }
    self.init(block: block, service: wire.service)
    waiting = Int(clamping: wire.waiting)
    ready = Int(clamping: wire.ready)
    running = Int(clamping: wire.running)
    retrying = Int(clamping: wire.retrying)
    done = wire.done
    failed = wire.failed
    renders = Int(clamping: wire.renders)
  }
}

extension WireSystemTaskRow {
  /// Bytes of a command that are shown.
  private static let shown = 4096

  public init(_ row: SystemTaskSummary) {
    self.init()
    let command = row.command
    number = command.number
    kind = UInt32(command.kind.rawValue)
    self.command = command.text.utf8.count <= Self.shown ? command.text : String(command.text.prefix(Self.shown / 4)) + "…"
    workingDirectory = command.workingDirectory
    user = command.user
    jobName = command.jobName
    taskName = command.taskName
    created = command.created.microseconds
    job = command.job?.value ?? 0
    if let key = row.key { self.key = WireTaskKey(key) }
    phase = UInt32(row.phase.rawValue)
    starts = row.starts
    errors = row.errors
    render = row.render
    reason = row.reason
  }

  /// About its length on the wire.
  public var roughBytes: Int {
    96 + command.utf8.count + workingDirectory.utf8.count + user.utf8.count + jobName.utf8.count + taskName.utf8.count
      + render.utf8.count + reason.utf8.count
  }
}

extension SystemTaskSummary {
  /// nil: a command of a kind that this program does not know.
  public init?(_ wire: WireSystemTaskRow) {
    guard let kind = SystemCommand.Kind(rawValue: UInt8(truncatingIfNeeded: wire.kind)) else { return nil }
    self.init(
      command: SystemCommand(
        number: wire.number, kind: kind, text: wire.command, workingDirectory: wire.workingDirectory, user: wire.user,
        jobName: wire.jobName, taskName: wire.taskName, created: Instant(microseconds: wire.created),
        job: wire.job == 0 ? nil : JobID(wire.job)),
      key: wire.hasKey ? TaskKey(wire.key) : nil, phase: TaskPhase(rawValue: UInt8(truncatingIfNeeded: wire.phase)) ?? .ready,
      starts: wire.starts, errors: wire.errors, render: wire.render, reason: wire.reason)
  }
}

extension WireEventRow {
  public init(_ event: FarmEvent) {
    self.init()
    number = event.number
    time = event.time.microseconds
    name = event.name.rawValue
    object = event.object
    user = event.user
    info = event.info
    sent = event.isSent
  }
}
