import Model

/// A render as the scheduler keeps it.
struct Render: Sendable {
  let id: RenderID
  let name: String
  /// Orders as the name does among all renders.
  var label: UInt64 = 0
  var agent: String
  var user: String
  var version = ""
  var os = ""
  var address = ""
  var capacity: Int32
  var maxTasks: Int32
  var services: [String] = []
  var priority: UInt8
  /// nimby, NIMBY, paused: what people set.
  var state: RenderState
  var resources = HostResources()
  var registered: Instant
  var seen = Instant.never
  /// Since when it is busy or idle.
  var changed = Instant.never

  var isOnline = false
  /// nil: offline, or online while its link is lost.
  var connection: ConnectionID?
  /// When its runs go back unless it comes; `never`: no such moment.
  var deadline = Instant.never
  /// The moment of its entry among the timers.
  var timer: Instant?

  /// Places in `Farm.runs`, in no particular order.
  var runs: [Int] = []
  var capacityUsed: Int32 = 0
  /// The group that it belongs to as it is now; nil: to be found anew.
  var group: Int?

  init(_ stored: StoredRender) {
    id = stored.id
    name = stored.name
    agent = stored.agent
    user = stored.user
    capacity = stored.capacity
    maxTasks = stored.maxTasks
    priority = stored.priority
    state = stored.state
    registered = stored.registered
  }

  var stored: StoredRender {
    StoredRender(
      id: id, name: name, agent: agent, user: user, capacity: capacity, maxTasks: maxTasks, priority: priority, state: state,
      registered: registered)
  }

  var freeCapacity: Int32 { capacity - capacityUsed }

  /// Whether it may be given a task, if one fits.
  var takesTasks: Bool {
    isOnline && connection != nil && priority > 0 && !state.contains(.NIMBY) && !state.contains(.paused) && freeCapacity > 0
      && runs.count < Int(maxTasks)
  }
}

/// A render in the order of names.
struct RenderName: Comparable, Sendable {
  let name: String
  /// Place in `Farm.renders`.
  let render: Int
  static func < (a: RenderName, b: RenderName) -> Bool { a.name < b.name }
  static func == (a: RenderName, b: RenderName) -> Bool { a.name == b.name }
}
