public import Model

extension Failure {
  public init(_ wire: WireFailure) {
    self.init(FailureCode(rawValue: UInt8(truncatingIfNeeded: wire.code)) ?? .failed, wire.message)
  }
}

extension WireFailure {
  public init(_ failure: Failure) {
    self.init()
    code = UInt32(failure.code.rawValue)
    message = failure.message
  }
}

extension WireJobSelector {
  public init(_ selection: JobSelection) {
    self.init()
    switch selection {
    case .ids(let ids): self.ids = ids.map(\.value)
    case .name(let name): self.name = name
    case .mask(let mask): self.mask = mask
    }
  }
}

extension JobSelection {
  /// nil: the selector names nothing, which means all where a list is asked for and is a fault elsewhere.
  public init?(_ wire: WireJobSelector) {
    if !wire.ids.isEmpty {
      self = .ids(wire.ids.map(JobID.init))
    } else if !wire.name.isEmpty {
      self = .name(wire.name)
    } else if !wire.mask.isEmpty {
      self = .mask(wire.mask)
    } else {
      return nil
    }
  }
}

extension BlockSelection {
  /// A number or a name; nil when empty: all blocks. A block whose name is a number is meant by its number.
  public init?(text: String) {
    if text.isEmpty { return nil }
    if let number = UInt16(text) { self = .index(BlockIndex(number)) } else { self = .name(text) }
  }

  public var text: String {
    switch self {
    case .index(let index): "\(index.value)"
    case .name(let name): name
    }
  }
}

extension WireOperate {
  public init(_ operation: Operation) {
    self.init()
    kind = UInt32(operation.kind.rawValue)
    selector = WireJobSelector(operation.jobs)
    block = operation.block?.text ?? ""
    tasks = operation.tasks.map(WireRange.init)
    affectsDepends = operation.affectsDepends
  }
}

extension WireRange {
  public init(_ range: TaskRange) {
    self.init()
    first = range.first
    last = range.last
    frames = range.isFrames
  }
}

extension TaskRange {
  public init(_ wire: WireRange) { self.init(first: wire.first, last: wire.last, isFrames: wire.frames) }

  /// - Throws: `Failure(.usage)` for more than a server takes.
  public static func all(_ wire: [WireRange]) throws(Failure) -> [TaskRange] {
    guard wire.count <= 10_000 else { throw Failure(.usage, "more than 10000 task ranges") }
    return wire.map(TaskRange.init)
  }
}

extension Operation {
  /// - Throws: `Failure(.usage)` for a kind that this server does not know, or no jobs named.
  public init(_ wire: WireOperate) throws(Failure) {
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: wire.kind)) else {
      throw Failure(.usage, "the server does not know this operation (is the client newer?)")
    }
    guard let jobs = JobSelection(wire.selector) else { throw Failure(.usage, "no jobs are named") }
    self.init(
      kind: kind, jobs: jobs, block: BlockSelection(text: wire.block), tasks: try TaskRange.all(wire.tasks),
      affectsDepends: wire.affectsDepends)
  }
}

extension WireOutcome {
  public init(_ outcome: OperationOutcome) {
    self.init()
    job = outcome.job.value
    name = outcome.name
    done = outcome.isDone
    message = outcome.message
    changedTasks = outcome.changedTasks
    notPermitted = !outcome.isPermitted
  }
}

extension OperationOutcome {
  public init(_ wire: WireOutcome) {
    self.init(
      job: JobID(wire.job), name: wire.name, isDone: wire.done, message: wire.message, changedTasks: wire.changedTasks,
      isPermitted: !wire.notPermitted)
  }
}
