import Model

/// The renders on which a block and its tasks failed, and which of them it therefore avoids (reference/afanasy.md section 3.12).
///
/// Errors of a render are forgiven together, some time after the last of them. That time is the same for the whole block, so the
/// errors become old in the order in which they came: the oldest is known without a search.
struct ErrorHosts: Sendable {
  /// Whose errors on which render; places in the farm. `task` nil: the block's.
  struct Place: Hashable, Sendable {
    var task: Int?
    var render: Int
  }
  struct Errors: Hashable, Sendable {
    var count: Int32
    var last: Instant
  }

  private(set) var all: [Place: Errors] = [:]
  /// How many renders the block failed on.
  private(set) var renderCount = 0
  /// Renders that the block avoids.
  private(set) var avoided: Set<Int> = []
  /// Tasks that avoid a render.
  private var avoiding: [Int: SparseBits] = [:]
  /// From how many errors on; 0: never.
  private var blockLimit: Int32 = 0
  private var taskLimit: Int32 = 0

  /// Oldest first, from `head` on. A moment that is not a place's last error any more is passed over.
  private var ages: [(at: Instant, place: Place)] = []
  private var head = 0
  /// The moment at which its oldest errors are forgiven.
  var timer: TimerID?

  var isEmpty: Bool { all.isEmpty }

  func isAvoided(_ render: Int) -> Bool { avoided.contains(render) }
  func tasksAvoiding(_ render: Int) -> SparseBits { avoiding[render] ?? SparseBits() }

  /// One error more; what was to be forgiven already is.
  mutating func add(_ place: Place, at now: Instant, forgiveness: Span?) -> Errors {
    var errors = all[place] ?? Errors(count: 0, last: now)
    if let forgiveness, errors.last + forgiveness <= now { errors.count = 0 }
    errors.count += 1
    errors.last = now
    put(place, errors)
    return errors
  }

  /// - Precondition: `errors.last` is not before that of what was put earlier.
  mutating func put(_ place: Place, _ errors: Errors) {
    if all.updateValue(errors, forKey: place) == nil, place.task == nil { renderCount += 1 }
    ages.append((errors.last, place))
    if ages.count - head > 2 * all.count + 64 {
      ages = ages[head...].filter { all[$0.place]?.last == $0.at }
      head = 0
    }
    judge(place)
  }

  private mutating func judge(_ place: Place) {
    let count = all[place]?.count ?? 0
    if let task = place.task {
      let avoids = taskLimit > 0 && count >= taskLimit
      guard avoids != tasksAvoiding(place.render).contains(task) else { return }
      if avoids { avoiding[place.render, default: SparseBits()].insert(task) } else { avoiding[place.render]?.remove(task) }
      if avoiding[place.render]?.isEmpty == true { avoiding[place.render] = nil }
    } else if blockLimit > 0 && count >= blockLimit {
      avoided.insert(place.render)
    } else {
      avoided.remove(place.render)
    }
  }

  /// - Returns: the renders that it has errors on, if they are judged anew; ascending.
  mutating func setLimits(block: Int32, task: Int32) -> [Int] {
    guard block != blockLimit || task != taskLimit else { return [] }
    (blockLimit, taskLimit) = (block, task)
    for place in all.keys { judge(place) }
    return renders
  }

  /// When the last of its oldest errors happened; nil: it has none.
  mutating func oldest() -> Instant? {
    while head < ages.count {
      if all[ages[head].place]?.last == ages[head].at { return ages[head].at }
      head += 1
    }
    ages = []
    head = 0
    return nil
  }

  /// Takes out what is not younger than this; in the order of age.
  mutating func forgive(until moment: Instant) -> [Place] {
    var forgiven: [Place] = []
    while let oldest = oldest(), oldest <= moment {
      let place = ages[head].place
      head += 1
      remove(place)
      forgiven.append(place)
    }
    return forgiven
  }

  mutating func remove(_ place: Place) {
    if all.removeValue(forKey: place) != nil, place.task == nil { renderCount -= 1 }
    judge(place)
  }

  /// - Returns: the renders that it had errors on, ascending.
  mutating func removeAll() -> [Int] {
    let renders = renders
    all = [:]
    renderCount = 0
    avoided = []
    avoiding = [:]
    ages = []
    head = 0
    return renders
  }

  /// Ascending.
  var renders: [Int] { Set(all.keys.map(\.render)).sorted() }
  /// In a fixed order.
  var places: [Place] { all.keys.sorted { ($0.render, $0.task ?? -1) < ($1.render, $1.task ?? -1) } }
}
