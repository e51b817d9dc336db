import Model

/// Brings ready blocks and free renders together.
///
/// It knows classes of demands and groups of renders, both few, and of each only the best one: a pick looks at the heads of the
/// lanes that may have become possible, never at jobs, renders or tasks. A lane that no render can serve is set aside until a
/// render of its groups gets freer.
struct Solver: Sendable {
  private var services: [String: Int32] = [:]
  private var classes: [DemandClass] = []
  private var classPlaces: [Demand: Int] = [:]
  private var lanes: [Lane] = []
  private var open: [Int] = []
  private var blocked: [Int] = []
  private var groups: [RenderGroup] = []
  private var groupPlaces: [GroupKey: Int] = [:]
  /// Users with a group of nimby renders: their blocks stand in lanes of their own too.
  private var nimbyUsers: Set<Int> = []
  private(set) var freeRenders = 0

  private struct GroupKey: Hashable {
    var services: [Int32]
    var nimbyUser: Int?
  }

  // MARK: Demands

  private mutating func service(_ name: String) -> Int32 {
    if let known = services[name] { return known }
    let number = Int32(services.count)
    services[name] = number
    return number
  }

  /// The place of the class with these wants.
  mutating func demandClass(capacity: Int32, service name: String) -> Int {
    let demand = Demand(capacity: capacity, service: service(name))
    if let known = classPlaces[demand] { return known }
    classes.append(DemandClass(demand: demand, lane: addLane(demand, user: nil)))
    classPlaces[demand] = classes.count - 1
    return classes.count - 1
  }

  private mutating func addLane(_ demand: Demand, user: Int?) -> Int {
    var lane = Lane(demand: demand, user: user)
    lane.groups = groups.indices.filter { groups[$0].nimbyUser == user && groups[$0].offers(demand.service) }
    lanes.append(lane)
    return lanes.count - 1
  }

  // MARK: Queues

  mutating func enqueue(_ entry: QueueEntry, demandClass: Int, user: Int) {
    insert(entry, lane: classes[demandClass].lane)
    if nimbyUsers.contains(user) { insert(entry, lane: lane(of: user, demandClass)) }
  }

  mutating func dequeue(_ entry: QueueEntry, demandClass: Int, user: Int) {
    remove(entry, lane: classes[demandClass].lane)
    if nimbyUsers.contains(user) { remove(entry, lane: lane(of: user, demandClass)) }
  }

  private mutating func lane(of user: Int, _ demandClass: Int) -> Int {
    if let known = classes[demandClass].laneOfUser[user] { return known }
    let lane = addLane(classes[demandClass].demand, user: user)
    classes[demandClass].laneOfUser[user] = lane
    return lane
  }

  private mutating func insert(_ entry: QueueEntry, lane: Int) {
    lanes[lane].queue.insert(entry)
    if lanes[lane].state == .empty { put(lane, .open) }
  }

  private mutating func remove(_ entry: QueueEntry, lane: Int) {
    lanes[lane].queue.remove(entry)
    if lanes[lane].queue.isEmpty { put(lane, .empty) }
  }

  private mutating func put(_ lane: Int, _ state: Lane.State) {
    let place = lanes[lane].place
    switch lanes[lane].state {
    case .empty: break
    case .open:
      open.swapAt(place, open.count - 1)
      open.removeLast()
      if place < open.count { lanes[open[place]].place = place }
    case .blocked:
      blocked.swapAt(place, blocked.count - 1)
      blocked.removeLast()
      if place < blocked.count { lanes[blocked[place]].place = place }
    }
    lanes[lane].state = state
    switch state {
    case .empty: break
    case .open:
      lanes[lane].place = open.count
      open.append(lane)
    case .blocked:
      lanes[lane].place = blocked.count
      blocked.append(lane)
    }
  }

  // MARK: Renders

  /// The place of the group with these services, serving everybody or one user.
  ///
  /// - Parameter userOfBlock: whose block an entry's is; asked once for each waiting block when a user's first nimby group is made.
  mutating func group(services names: [String], nimbyUser: Int?, userOfBlock: (Int) -> Int) -> Int {
    var numbers: [Int32] = []
    for name in names {
      let number = service(name)
      if !numbers.contains(number) { numbers.append(number) }
    }
    let key = GroupKey(services: numbers.sorted(), nimbyUser: nimbyUser)
    if let known = groupPlaces[key] { return known }
    let place = groups.count
    groups.append(RenderGroup(services: key.services, nimbyUser: nimbyUser))
    groupPlaces[key] = place
    for lane in lanes.indices where lanes[lane].user == nimbyUser && groups[place].offers(lanes[lane].demand.service) {
      lanes[lane].groups.append(place)
    }
    if let nimbyUser, nimbyUsers.insert(nimbyUser).inserted {
      for place in classes.indices {
        for entry in lanes[classes[place].lane].queue.elements() where userOfBlock(Int(entry.block)) == nimbyUser {
          insert(entry, lane: lane(of: nimbyUser, place))
        }
      }
    }
    return place
  }

  /// - Parameter isFreer: whether it may take now what it could not take before.
  mutating func insert(_ place: FreePlace, isFreer: Bool) {
    while groups[place.group].free.count <= place.running { groups[place.group].free.append(SortedChunks()) }
    groups[place.group].free[place.running].insert(place.entry)
    freeRenders += 1
    guard isFreer else { return }
    var index = 0
    while index < blocked.count {
      let lane = blocked[index]
      if lanes[lane].demand.capacity <= place.entry.freeCapacity, lanes[lane].groups.contains(place.group) {
        put(lane, .open)  // another lane takes its place in `blocked`
      } else {
        index += 1
      }
    }
  }

  mutating func remove(_ place: FreePlace) {
    groups[place.group].free[place.running].remove(place.entry)
    freeRenders -= 1
  }

  // MARK: Pick

  /// The first block in order that some render can take, and the best render for it.
  mutating func pick() -> (block: Int, render: Int)? {
    if freeRenders == 0 { return nil }
    var best: (rank: UInt64, block: Int, render: Int)?
    var index = 0
    while index < open.count {
      let lane = open[index]
      guard let head = lanes[lane].queue.first else { preconditionFailure("an open lane is not empty") }
      if best.map({ head.rank < $0.rank }) ?? true {
        guard let render = bestRender(lane) else {
          put(lane, .blocked)  // another lane takes its place in `open`
          continue
        }
        best = (head.rank, Int(head.block), render)
      }
      index += 1
    }
    return best.map { ($0.block, $0.render) }
  }

  private func bestRender(_ lane: Int) -> Int? {
    var best: (render: FreeRender, running: Int)?
    for group in lanes[lane].groups {
      guard let found = groups[group].best(capacity: lanes[lane].demand.capacity) else { continue }
      if let known = best, (known.running, known.render) <= (found.running, found.render) { continue }
      best = found
    }
    return best.map { Int($0.render.render) }
  }
}
