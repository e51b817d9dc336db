import Model

/// What a task wants of a render. Equal wants are one class, however many jobs have them.
///
/// Here grow the masks, needs, tickets and pools of section 3.4: whatever decides where a task may run belongs in this value.
struct Demand: Hashable, Sendable {
  /// What it takes of a render's capacity.
  var capacity: Int32
  /// Place of the service's name in `Solver.services`.
  var service: Int32
}

/// A block with something to start, as it stands in the queues: highest priority first, then the older job, then the block's index.
struct QueueEntry: Comparable, Sendable {
  let rank: UInt64
  /// Place in `Farm.blocks`.
  let block: Int32

  init(priority: UInt8, job: JobID, index: BlockIndex, block: Int) {
    rank = UInt64(255 - priority) << 48 | UInt64(job.value) << 16 | UInt64(index.value)
    self.block = Int32(block)
  }
  static func < (a: QueueEntry, b: QueueEntry) -> Bool { a.rank < b.rank }
  static func == (a: QueueEntry, b: QueueEntry) -> Bool { a.rank == b.rank }
}

/// All blocks with equal demands.
struct DemandClass: Sendable {
  let demand: Demand
  /// Places in `Solver.lanes`: the lane of everybody's blocks, and those of users who have nimby renders.
  var lane: Int
  var laneOfUser: [Int: Int] = [:]
}

/// A queue of one class in front of the renders that may serve it: all its blocks before the common renders, or one user's
/// blocks before that user's nimby renders.
struct Lane: Sendable {
  let demand: Demand
  /// nil: everybody's.
  let user: Int?
  var queue = SortedChunks<QueueEntry>()
  /// Places in `Solver.groups` of the renders that offer what it wants.
  var groups: [Int] = []
  /// It had nothing before: whether some render can take it has to be found out.
  var isFresh = false

  /// Of its first block; `.max`: empty.
  var rank: UInt64 { queue.first?.rank ?? .max }
}
