import Model

/// One order of a person that can be taken back until its grace time (`af_undo_grace`) is over.
struct UndoRecord: Sendable {
  let number: UInt64
  let actor: Actor
  let at: Instant
  var until: Instant
  /// Of whose commands: an order on very many rows comes in parts. Not kept over a restart.
  var request: RequestID?
  /// For people: `delete job 14 "shot"`.
  var text: String
  /// Nodes that it changed.
  var nodes = 1
  /// In the order in which they were done.
  var parts: [UndoPart]
  var weight: Int
  var timer: TimerID?

  /// Whether the store knows it. One that needs tasks as they were is kept in memory only: a server that starts anew has
  /// forgotten it.
  var isStored: Bool { !parts.contains { if case .tasks = $0 { true } else { false } } }

  var stored: StoredUndo {
    StoredUndo(
      number: number, user: actor.user, host: actor.host, at: at, until: until, text: text, parts: UndoText.text(of: parts))
  }

  var summary: UndoSummary {
    UndoSummary(number: number, user: actor.user, host: actor.host, at: at, until: until, text: text)
  }

  /// Jobs that are hidden as long as it is there.
  var deleted: [JobID] { parts.compactMap { if case .deletion(let id, _) = $0 { id } else { nil } } }

  /// Jobs that it is about.
  var jobs: [JobID] { parts.compactMap(\.job) }
}

/// What an order did to one node, and what it takes to undo that.
enum UndoPart: Hashable, Sendable {
  /// The job is hidden; whether it was done by then.
  case deletion(JobID, wasDone: Bool)
  /// It was paused, or started.
  case paused(JobID, Bool)
  /// Runs of it were stopped: nothing brings them back.
  case stopped(JobID, Int)
  case tasks(UndoTasks)
  case edit(UndoEdit)

  var job: JobID? {
    switch self {
    case .deletion(let id, _), .paused(let id, _), .stopped(let id, _): id
    case .tasks(let tasks): tasks.job
    case .edit(let edit): edit.node.job
    }
  }

  var weight: Int {
    switch self {
    case .deletion, .paused, .stopped: 1
    case .tasks(let tasks): 1 + tasks.entries.count + tasks.reasons.count
    case .edit(let edit): edit.weight
    }
  }
}

/// Tasks of one block as they were before an operation. 48 bytes each.
struct UndoTasks: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var task: UInt32
    /// Its run was stopped. Undone, it is on the queue.
    var wasOut: Bool
    var record: TaskRecord
  }
  let job: JobID
  let block: BlockIndex
  /// Where the operation leaves its tasks.
  let left: TaskPhase
  /// It forgot what was known of them: they were restarted.
  let isRestart: Bool
  /// It forgot how often they were started, too.
  let forgotStarts: Bool
  /// Of the job, before.
  let jobStarted: Instant
  let jobDone: Instant
  var entries: [Entry] = []
  var reasons: [UInt32: String] = [:]
}

/// Values of a node before an edit and after it.
struct UndoEdit: Hashable, Sendable {
  struct Value: Hashable, Sendable {
    var key: String
    var old: JSONValue
    var new: JSONValue
  }
  var node: UndoNode
  var values: [Value]

  var weight: Int { values.reduce(1) { $0 + 1 + ($1.old.roughBytes + $1.new.roughBytes) / 64 } }
}

/// A node with parameters.
enum UndoNode: Hashable, Sendable {
  case job(JobID)
  case block(JobID, BlockIndex)
  case task(TaskKey)
  case user(String)
  case pool(String)
  case branch(String)
  case render(String)

  var job: JobID? {
    switch self {
    case .job(let id), .block(let id, _): id
    case .task(let key): key.job
    case .user, .pool, .branch, .render: nil
    }
  }

  /// As outcomes name it.
  var name: String {
    switch self {
    case .job(let id): "job \(id)"
    case .block(let id, let block): "job \(id) block \(block)"
    case .task(let key): "task \(key)"
    case .user(let name): "user \(name)"
    case .pool(let path): "pool \(path)"
    case .branch(let path): "branch \(path)"
    case .render(let name): "render \(name)"
    }
  }
}

extension JSONValue {
  fileprivate var roughBytes: Int {
    switch self {
    case .null, .bool, .integer, .number: 16
    case .string(let text): 16 + text.utf8.count
    case .array(let all): all.reduce(16) { $0 + $1.roughBytes }
    case .object(let object): object.members.reduce(16) { $0 + $1.key.utf8.count + $1.value.roughBytes }
    }
  }
}

/// The orders that can be undone, and what the one at hand leaves for it.
struct Undos: Sendable {
  /// Ascending by number.
  private(set) var records: [UndoRecord] = []
  /// Of all records: at most `bound`.
  private(set) var weight = 0
  var bound = Limits.undoParts
  /// Of the order at hand; nil: nothing is noted.
  var draft: Draft?

  struct Draft: Sendable {
    var parts: [UndoPart] = []
    var weight = 1
    var isTooBig = false
    /// Of the block at hand.
    var tasks: UndoTasks?
  }

  private func place(_ number: UInt64) -> Int? {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < records.count && records[low].number == number ? low : nil
  }

  subscript(number: UInt64) -> UndoRecord? { place(number).map { records[$0] } }

  /// The last one of a user.
  func last(of user: String) -> UndoRecord? { records.last { $0.actor.user == user } }

  mutating func add(_ record: UndoRecord) {
    records.append(record)
    weight += record.weight
  }

  mutating func set(_ record: UndoRecord) {
    guard let place = place(record.number) else { return }
    weight += record.weight - records[place].weight
    records[place] = record
  }

  mutating func remove(_ number: UInt64) -> UndoRecord? {
    guard let place = place(number) else { return nil }
    weight -= records[place].weight
    return records.remove(at: place)
  }

  var room: Int { bound - weight - (draft?.weight ?? 0) }

  /// Adds to what the order at hand leaves.
  mutating func note(_ part: UndoPart) {
    guard draft != nil, draft?.isTooBig == false else { return }
    guard part.weight <= room else {
      draft?.isTooBig = true
      draft?.parts = []
      draft?.weight = 1
      return
    }
    draft?.weight += part.weight
    draft?.parts.append(part)
  }
}
