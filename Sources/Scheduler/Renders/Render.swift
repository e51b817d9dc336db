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
  var os: String
  var address = ""
  /// Network cards with hardware addresses that can be ones.
  var interfaces: [NetworkInterface]
  /// What its agent says; -1: as its pool says.
  var agentCapacity: Int32
  var agentMaxTasks: Int32
  /// As they count: its own, its agent's or its pool's.
  var capacity: Int32 = 0
  var maxTasks: Int32 = 0
  /// Offered by its agent; empty: all.
  var services: [String] = []
  var parameters: RenderParameters
  /// Place in `Farm.pools`.
  var pool = 0
  /// nimby, NIMBY, paused: what people set; sick; what falls asleep, sleeps or is woken.
  var state: RenderState
  var resources: HostResources
  /// The same when it registered or fell asleep: what is stored.
  var knownResources: HostResources
  var registered: Instant
  var seen = Instant.never
  /// Since when it is busy or idle.
  var changed = Instant.never
  /// Of the time before its last task ended: a render that is given the next one at that moment was busy all along (section 2.5).
  var wasBusy: (since: Instant, until: Instant)?

  var isOnline = false
  /// It was deleted: its place holds nothing.
  var isGone = false
  /// nil: offline, or online while its link is lost.
  var connection: ConnectionID?
  /// When its runs go back unless it comes; `never`: no such moment.
  var deadline = Instant.never
  /// The moment of its entry among the timers.
  var timer: Instant?

  /// Places in `Farm.runs`, in no particular order.
  var runs: [Int] = []
  /// How many of them are in the slot that it keeps for the system job.
  var keptRuns = 0
  var capacityUsed: Int32 = 0
  // What its tasks may still take of what they asked for.
  var memoryReserved: Int32 = 0
  var diskReserved: Int32 = 0
  var gpuMemoryReserved: Int32 = 0
  /// Tickets that its tasks hold, by place in `Solver.tickets`.
  var tickets: [Int: Int32] = [:]
  /// Last start or end of a task.
  var lastTask = Instant.never
  /// Users whose tasks failed on it one after the other, the last one first (section 3.12).
  var failedUsers: [String]
  /// Since when it has nothing to do, or is used by somebody else; nil: it is not (section 3.13).
  var idleSince: Instant?
  var busySince: Instant?
  var loadTimer: TimerID?
  // Wake-on-LAN (section 7).
  /// Since when it falls asleep, sleeps or is woken, as `state` says.
  var wolSince: Instant
  /// How often it was woken since it fell asleep, in rounds of `Wakes.tries`.
  var wakes: UInt8
  var wolTimer: TimerID?
  /// The farm does not put it to sleep by itself before.
  var noSleepUntil = Instant.never
  var events = EventClocks()

  init(_ stored: StoredRender) {
    id = stored.id
    name = stored.name
    agent = stored.agent
    user = stored.user
    agentCapacity = stored.capacity
    agentMaxTasks = stored.maxTasks
    parameters = stored.parameters
    failedUsers = stored.failedUsers
    state = stored.state
    registered = stored.registered
    os = stored.os
    interfaces = stored.interfaces
    resources = stored.resources
    knownResources = stored.resources
    wolSince = stored.wolSince
    wakes = stored.wakes
  }

  var stored: StoredRender {
    StoredRender(
      id: id, name: name, agent: agent, user: user, capacity: agentCapacity, maxTasks: agentMaxTasks, priority: parameters.priority,
      state: state, registered: registered, parameters: parameters, failedUsers: failedUsers, os: os, interfaces: interfaces,
      resources: knownResources, wolSince: wolSince, wakes: wakes)
  }

  var priority: UInt8 { parameters.priority }
  var freeCapacity: Int32 { capacity - capacityUsed }
  /// Most work passes it by: it is its user's, or nobody's, or paused.
  var isShut: Bool { !state.isDisjoint(with: [.nimby, .NIMBY, .paused]) }
}

/// A render in the order of names.
struct RenderName: Comparable, Sendable {
  let name: String
  /// Place in `Farm.renders`.
  let render: Int
  static func < (a: RenderName, b: RenderName) -> Bool { a.name < b.name }
  static func == (a: RenderName, b: RenderName) -> Bool { a.name == b.name }
}
