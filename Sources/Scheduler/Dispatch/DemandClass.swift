import Model

/// What a block's tasks want of a render. Equal wants are one class, however many blocks have them.
struct Demand: Hashable, Sendable {
  /// Places in `Solver.predicates`, ascending.
  var predicates: [Int32] = []
  /// What a task takes at least of a render's capacity.
  var capacity: Int32 = 1
  // At least so much must be free; 0: any.
  var memoryMB: Int32 = 0
  var diskGB: Int32 = 0
  var gpuMemoryMB: Int32 = 0
  /// By name.
  var tickets: [TicketNeed] = []
  /// Weights of pools that order the renders, the sum of those of branch, user and job (section 3.6).
  var weights: [PoolWeight] = []
  /// The user, a place in `Farm.people`, whose limits bar it; -1: a user without limits.
  var gate: Int32 = -1
  /// Branches with limits per host, places in `Farm.branches`.
  var perHost: [Int32] = []
}

struct TicketNeed: Hashable, Sendable {
  /// Place in `Solver.tickets`.
  var ticket: Int32
  var count: Int32
}

/// All blocks with equal demands.
struct DemandClass: Sendable {
  let demand: Demand
  /// Its place holds a class.
  var exists = true
  /// Renders that pass all its predicates.
  var renders = BitSet()
  /// There are some. Blocks of a class that no render of the farm could ever take stand in no queue, where they would be passed over
  /// with every start.
  var isPossible = false
  /// Blocks that have it, places in `Farm.blocks`; none: it may be forgotten.
  var blocks: Set<Int> = []
}
