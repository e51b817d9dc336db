public import Model

// What `reeve set` asks for.

/// An edit as it travels: besides new values, words that go into a list or out of it. Which list that makes, the server knows.
public struct EditRequest: Hashable, Sendable {
  public enum Manner: Hashable, Sendable { case set, add, remove }

  public struct Change: Hashable, Sendable {
    public var key: String
    public var value: JSONValue
    public var manner: Manner
    public init(key: String, value: JSONValue, manner: Manner = .set) {
      self.key = key
      self.value = value
      self.manner = manner
    }
  }

  public var target: EditTarget
  public var changes: [Change]

  public init(target: EditTarget, changes: [Change]) {
    self.target = target
    self.changes = changes
  }

  /// Only new values: what the farm takes as it is; nil when a list is to be changed.
  public var edit: Edit? {
    guard changes.allSatisfy({ $0.manner == .set }) else { return nil }
    return Edit(target: target, changes: changes.map { Edit.Change(key: $0.key, value: $0.value) })
  }

  /// Changes of one edit.
  public static let changesLimit = 200
}

extension WireEdit {
  public init(_ request: EditRequest) {
    self.init()
    switch request.target {
    case .jobs(let jobs):
      target = .jobs
      self.jobs = WireJobSelector(jobs)
    case .blocks(let jobs, let block):
      target = .blocks
      self.jobs = WireJobSelector(jobs)
      self.block = block?.text ?? ""
    case .tasks(let jobs, let block, let tasks):
      target = .tasks
      self.jobs = WireJobSelector(jobs)
      self.block = block.text
      self.tasks = tasks.map(WireRange.init)
    case .renders(let nodes):
      target = .renders
      self.nodes = WireNodeSelector(nodes)
    case .pools(let nodes):
      target = .pools
      self.nodes = WireNodeSelector(nodes)
    case .branches(let nodes):
      target = .branches
      self.nodes = WireNodeSelector(nodes)
    case .users(let nodes):
      target = .users
      self.nodes = WireNodeSelector(nodes)
    }
    changes = request.changes.map { change in
      var wire = WireEditChange()
      wire.key = change.key
      wire.value = change.value.text()
      wire.manner =
        switch change.manner {
        case .set: .set
        case .add: .add
        case .remove: .remove
        }
      return wire
    }
  }
}

extension EditRequest {
  /// - Throws: `Failure(.usage)` that says what cannot be understood.
  public init(_ wire: WireEdit) throws(Failure) {
    func jobs() throws(Failure) -> JobSelection {
      guard let jobs = JobSelection(wire.jobs) else { throw Failure(.usage, "no jobs are named") }
      return jobs
    }
    let target: EditTarget
    switch wire.target {
    case .jobs: target = .jobs(try jobs())
    case .blocks: target = .blocks(try jobs(), BlockSelection(text: wire.block))
    case .tasks:
      guard let block = BlockSelection(text: wire.block) else { throw Failure(.usage, "no block is named") }
      guard !wire.tasks.isEmpty else { throw Failure(.usage, "no tasks are named") }
      target = .tasks(try jobs(), block, try TaskRange.all(wire.tasks))
    case .renders: target = .renders(try NodeSelection(wire.nodes))
    case .pools: target = .pools(try NodeSelection(wire.nodes))
    case .branches: target = .branches(try NodeSelection(wire.nodes))
    case .users: target = .users(try NodeSelection(wire.nodes))
    default: throw Failure(.usage, "the server does not know what to change (is the client newer?)")
    }
    guard !wire.changes.isEmpty else { throw Failure(.usage, "no change is named") }
    guard wire.changes.count <= Self.changesLimit else { throw Failure(.usage, "more than \(Self.changesLimit) changes at once") }
    var changes: [Change] = []
    for change in wire.changes {
      let value: JSONValue
      do { value = try JSONParser.parse(change.value) } catch { throw Failure(.usage, "\(change.key): not JSON: \(error)") }
      let manner: Manner
      switch change.manner {
      case .set: manner = .set
      case .add: manner = .add
      case .remove: manner = .remove
      default: throw Failure(.usage, "\(change.key): the server does not know this change (is the client newer?)")
      }
      changes.append(Change(key: change.key, value: value, manner: manner))
    }
    self.init(target: target, changes: changes)
  }
}

extension WireNodeSelector {
  public init(_ selection: NodeSelection) {
    self.init()
    switch selection {
    case .names(let names): self.names = names
    case .mask(let mask): self.mask = mask
    }
  }
}

extension NodeSelection {
  /// - Throws: `Failure(.usage)` for none, for too many, and for a mask that does not compile.
  public init(_ wire: WireNodeSelector) throws(Failure) {
    if !wire.names.isEmpty {
      guard wire.names.count <= Limits.renders else { throw Failure(.usage, "more than \(Limits.renders) names") }
      self = .names(wire.names)
    } else if !wire.mask.isEmpty {
      do { _ = try Pattern(wire.mask) } catch { throw Failure(.usage, "\(error)") }
      self = .mask(wire.mask)
    } else {
      throw Failure(.usage, "nothing is named")
    }
  }
}

extension WireOrderNodes {
  public init(_ order: NodeOrder) {
    self.init()
    kind = UInt32(order.kind.rawValue)
    names = order.names
    creates = order.creates
  }
}

extension NodeOrder {
  /// - Throws: `Failure(.usage)`.
  public init(_ wire: WireOrderNodes) throws(Failure) {
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: wire.kind)) else {
      throw Failure(.usage, "the server does not know this kind of node (is the client newer?)")
    }
    guard !wire.names.isEmpty else { throw Failure(.usage, "nothing is named") }
    self.init(kind: kind, names: wire.names, creates: wire.creates)
  }
}

extension WireNodeOutcome {
  public init(_ outcome: NodeOutcome) {
    self.init()
    node = outcome.node
    done = outcome.isDone
    message = outcome.message
    notPermitted = !outcome.isPermitted
  }
}

extension NodeOutcome {
  public init(_ wire: WireNodeOutcome) {
    self.init(node: wire.node, isDone: wire.done, message: wire.message, isPermitted: !wire.notPermitted)
  }
}
