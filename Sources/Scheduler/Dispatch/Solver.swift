import Model

/// Brings ready blocks and free renders together.
///
/// What may run where is decided by *classes* of demands: few, each with the set of renders that pass its predicates. What is
/// *open* stands in the work tree: each node knows the classes that have something to start beneath it. After every command no
/// ready block stands beside a render that would take it; so the next start concerns a class that became ready or possible since:
/// the *fresh* ones, and nothing else is looked at. To find the first in order that has a fresh class is to go down the tree
/// (O(log n) a level); to find its render is to meet two sets of bits and look into few short lists.
struct Solver: Sendable {
  var tree = WorkTree()

  // Demands.
  var predicates: [PredicateSlot] = []
  var predicatePlaces: [Predicate: Int] = [:]
  var vacantPredicates: [Int] = []
  var classes: [DemandClass] = []
  var classPlaces: [Demand: Int] = [:]
  /// Classes without blocks, oldest first: kept for a while, since the next job is often like the last.
  var unusedClasses: [Int] = []
  var vacantClasses: [Int] = []
  var tickets: [String] = []
  var ticketPlaces: [String: Int] = [:]

  // Which classes want more than this of what a render has.
  var capacities = Thresholds()
  var memories = Thresholds()
  var disks = Thresholds()
  var gpuMemories = Thresholds()
  /// By place in `tickets`.
  var ticketWants: [Thresholds] = []
  /// Tickets that some class wants now, places in `tickets`: names that nobody uses any more cost a free render nothing.
  var wantedTickets: [Int] = []

  // Renders, by their places in the farm.
  /// The classes whose predicates each passes.
  var classesOfRender: [BitSet] = []
  var places: [FreePlace?] = []
  /// Those that can be sent something.
  var online = BitSet()
  /// Those with a free slot.
  var free = BitSet()
  var freeCount = 0
  /// By place in `Farm.pools`.
  var pools: [FreePool] = []
  /// Pools of equal priority together, highest first; by weights. Empty when pools changed.
  var tiers: [[PoolWeight]: [[Int]]] = [:]

  // What is to be solved.
  var fresh = BitSet()
  /// Classes of users whose limits let nothing start, by place in `Farm.people`.
  var gates: [Int: BitSet] = [:]
  var barred = BitSet()
  /// Counts starts: who was solved longest ago.
  var tick: UInt64 = 0
  /// Jobs that refused a class on all renders that could have taken it, for the length of one solving.
  var refused: [Int: BitSet] = [:]

  /// Multi-host blocks, places in `Farm.blocks`.
  var multihost: Set<Int> = []
  var gathering: Gathering?

  // Pre-emption.
  /// Ready jobs that may preempt, places in `Farm.jobs`.
  var preempting: Set<Int> = []
  /// Something changed that may let one of them stop something.
  var isPreemptionDue = false
  /// Renders kept for jobs that stopped something there, until it has ended.
  var kept: [Int: Int] = [:]
  /// Those of them that are free now.
  var freed: [Int] = []
  /// How many tasks of jobs of each priority run.
  var runningByPriority = Array(repeating: 0, count: 256)

  /// When past use is settled next.
  var nextTick: Instant?

  /// Nodes and users closed until the next second (`max_tasks_per_second`).
  var limitedNodes: Set<Int> = []
  var limitedUsers: Set<Int> = []
  var nextSecond: Instant?

  /// Says where a render stands from now on; nil: it takes nothing.
  mutating func put(_ render: Int, _ place: FreePlace?) {
    while places.count <= render { places.append(nil) }
    if let old = places[render] {
      pools[old.pool].remove(old)
      free.remove(render)
      freeCount -= 1
    }
    places[render] = place
    guard let place else { return }
    while pools.count <= place.pool { pools.append(FreePool()) }
    pools[place.pool].insert(place)
    free.insert(render)
    freeCount += 1
  }

  /// Whether a render stands in the index of free ones.
  func isFree(_ render: Int) -> Bool { free.contains(render) }

  mutating func ticket(_ name: String) -> Int {
    if let known = ticketPlaces[name] { return known }
    tickets.append(name)
    ticketWants.append(Thresholds())
    ticketPlaces[name] = tickets.count - 1
    return tickets.count - 1
  }
}
