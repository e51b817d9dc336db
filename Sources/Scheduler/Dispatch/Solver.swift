import Model

/// Brings ready blocks and free renders together.
///
/// It knows classes of demands and groups of renders, both few. After every command no ready block stands beside a render that
/// would take it; so the next start concerns a lane that had nothing before, or a render that got freer: these are the *fresh*
/// ones, and nothing else is looked at. A fresh lane asks the groups that serve it for their best render; a fresh render asks its
/// group for the first lane that it can serve; each answer is O(log n), and jobs, renders and tasks are never gone through.
struct Solver: Sendable {
  private var services: [String: Int32] = [:]
  private var classes: [DemandClass] = []
  private var classPlaces: [Demand: Int] = [:]
  private var lanes: [Lane] = []
  private var groups: [RenderGroup] = []
  private var groupPlaces: [GroupKey: Int] = [:]
  /// Users with a group of nimby renders: their blocks stand in lanes of their own too.
  private var nimbyUsers: Set<Int> = []
  /// Where each render stands in the index of free ones, by its place in the farm.
  private var places: [FreePlace?] = []
  private var freeRenders = 0
  private var freshLanes: [Int] = []
  private var freshRenders: [Int] = []

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
    let place = lanes.count
    lanes.append(Lane(demand: demand, user: user))
    for group in groups.indices where groups[group].nimbyUser == user && groups[group].offers(demand.service) {
      lanes[place].groups.append(group)
      groups[group].serve([(place, demand.capacity)]) { [lanes] in lanes[$0].rank }
    }
    return place
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
    if lanes[lane].queue.isEmpty, !lanes[lane].isFresh {
      lanes[lane].isFresh = true
      freshLanes.append(lane)
    }
    lanes[lane].queue.insert(entry)
    if lanes[lane].rank == entry.rank { rankChanged(lane) }
  }

  private mutating func remove(_ entry: QueueEntry, lane: Int) {
    let wasFirst = lanes[lane].rank == entry.rank
    lanes[lane].queue.remove(entry)
    if wasFirst { rankChanged(lane) }
  }

  private mutating func rankChanged(_ lane: Int) {
    let rank = lanes[lane].rank
    for group in lanes[lane].groups { groups[group].setRank(rank, lane: lane) }
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
    let served = lanes.indices.filter { lanes[$0].user == nimbyUser && groups[place].offers(lanes[$0].demand.service) }
    for lane in served { lanes[lane].groups.append(place) }
    groups[place].serve(served.map { ($0, lanes[$0].demand.capacity) }) { [lanes] in lanes[$0].rank }
    if let nimbyUser, nimbyUsers.insert(nimbyUser).inserted {
      for place in classes.indices {
        for entry in lanes[classes[place].lane].queue.elements() where userOfBlock(Int(entry.block)) == nimbyUser {
          insert(entry, lane: lane(of: nimbyUser, place))
        }
      }
    }
    return place
  }

  /// Says where a render stands from now on; nil: it takes nothing.
  ///
  /// - Parameter isFreer: whether it may take now what it could not take before.
  mutating func put(_ render: Int, _ place: FreePlace?, isFreer: Bool) {
    while places.count <= render { places.append(nil) }
    if let old = places[render] {
      groups[old.group].free[old.running].remove(old.entry)
      freeRenders -= 1
    }
    places[render] = place
    guard let place else { return }
    while groups[place.group].free.count <= place.running { groups[place.group].free.append(SortedChunks()) }
    groups[place.group].free[place.running].insert(place.entry)
    freeRenders += 1
    if isFreer, freshRenders.last != render { freshRenders.append(render) }
  }

  /// Whether a render stands in the index of free ones.
  func isFree(_ render: Int) -> Bool { render < places.count && places[render] != nil }

  // MARK: Pick

  /// The first block in order that some render can take, and the best render for it.
  mutating func pick() -> (block: Int, render: Int)? {
    var best: (rank: UInt64, lane: Int, render: Int)?
    // Without a free render nothing has to be looked at, now or later: the next free render is fresh itself.
    var index = 0
    while index < freshLanes.count {
      let lane = freshLanes[index]
      let rank = lanes[lane].rank
      if best.map({ rank >= $0.rank }) ?? false {
        index += 1
      } else if freeRenders > 0, rank != .max, let render = bestRender(lane) {
        best = (rank, lane, render)
        index += 1
      } else {
        lanes[lane].isFresh = false
        freshLanes.swapAt(index, freshLanes.count - 1)
        freshLanes.removeLast()
      }
    }
    index = 0
    while index < freshRenders.count {
      guard let place = places[freshRenders[index]], let lane = groups[place.group].firstLane(capacity: place.entry.freeCapacity)
      else {
        freshRenders.swapAt(index, freshRenders.count - 1)
        freshRenders.removeLast()
        continue
      }
      let rank = lanes[lane].rank
      if best.map({ rank < $0.rank }) ?? true, let render = bestRender(lane) { best = (rank, lane, render) }
      index += 1
    }
    guard let best, let head = lanes[best.lane].queue.first else { return nil }
    return (Int(head.block), best.render)
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
