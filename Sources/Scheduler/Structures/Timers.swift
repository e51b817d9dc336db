import Model

/// Who has to be looked at when a moment comes.
enum TimerOwner: Hashable, Sendable {
  /// Places in `Farm.renders`, `Farm.jobs`, `Farm.blocks` and `Farm.runs`.
  case render(Int)
  /// How long a render has been idle or busy (reference/afanasy.md section 3.13).
  case load(render: Int)
  case timeWait(job: Int)
  case timeLife(job: Int)
  /// Errors of a block on some render are old enough to be forgiven.
  case forgiveness(block: Int)
  /// A limit in time of a run (section 3.14).
  case limit(run: Int)
  /// How long a render has had no task, or too little room (section 6.1).
  case noTask(render: Int)
  case overload(render: Int)
  /// A render was to be asleep, or awake, by now (section 7); and the next one may be woken.
  case wol(render: Int)
  case wake
  /// A task of the system job has been one for long (section 5).
  case systemLife(block: Int, task: Int)
  /// Hosts of a multi-host task that are waited for.
  case party(block: Int, task: Int)
  /// An order cannot be undone any more.
  case undo(number: UInt64)
}

/// One moment among the timers: what `Timers.cancel` wants. Not valid any more once the moment has come.
struct TimerID: Hashable, Sendable {
  fileprivate let slot: Int32
}

/// Moments at which something has to be looked at again, soonest first; of equal ones, the one that was added first.
///
/// A binary heap that knows where each of its moments stands: taking one back is O(log n) too, so that runs which end long before
/// their limit leave nothing behind.
struct Timers: Sendable {
  private struct Slot {
    var at: Instant
    var number: UInt64
    var owner: TimerOwner
    /// In `heap`.
    var place: Int32
  }
  private var slots: [Slot] = []
  private var free: [Int32] = []
  /// Places in `slots`.
  private var heap: [Int32] = []
  private var added: UInt64 = 0

  var next: Instant? { heap.first.map { slots[Int($0)].at } }
  var count: Int { heap.count }

  @discardableResult
  mutating func add(_ at: Instant, _ owner: TimerOwner) -> TimerID {
    added += 1
    let slot = Slot(at: at, number: added, owner: owner, place: Int32(heap.count))
    let id: Int32
    if let known = free.popLast() {
      id = known
      slots[Int(known)] = slot
    } else {
      id = Int32(slots.count)
      slots.append(slot)
    }
    heap.append(id)
    rise(heap.count - 1)
    return TimerID(slot: id)
  }

  mutating func cancel(_ id: TimerID) { remove(at: Int(slots[Int(id.slot)].place)) }

  /// The same for what may not be there; it is not there afterwards.
  mutating func cancel(_ id: inout TimerID?) {
    if let known = id { cancel(known) }
    id = nil
  }

  /// Takes out the soonest one whose moment has come.
  mutating func popDue(_ now: Instant) -> (at: Instant, owner: TimerOwner)? {
    guard let first = heap.first, slots[Int(first)].at <= now else { return nil }
    let found = slots[Int(first)]
    remove(at: 0)
    return (found.at, found.owner)
  }

  private mutating func remove(at place: Int) {
    free.append(heap[place])
    let last = heap.removeLast()
    guard place < heap.count else { return }
    set(place, last)
    rise(place)
    sink(place)
  }

  private func isBefore(_ a: Int32, _ b: Int32) -> Bool {
    let (a, b) = (slots[Int(a)], slots[Int(b)])
    return a.at == b.at ? a.number < b.number : a.at < b.at
  }

  private mutating func set(_ place: Int, _ slot: Int32) {
    heap[place] = slot
    slots[Int(slot)].place = Int32(place)
  }

  private mutating func rise(_ place: Int) {
    var child = place
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(heap[child], heap[parent]) else { return }
      swap(child, parent)
      child = parent
    }
  }

  private mutating func sink(_ place: Int) {
    var parent = place
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(heap[child], heap[least]) { least = child }
      if least == parent { return }
      swap(least, parent)
      parent = least
    }
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    let (first, second) = (heap[a], heap[b])
    set(a, second)
    set(b, first)
  }
}
