import Model

/// Which work waits for a render that sleeps (reference/afanasy.md section 7). Masks and needs are asked of what a sleeping machine
/// had when it fell asleep.
extension Farm {
  /// What one look knows.
  private struct Look {
    /// Who sleeps and may be woken.
    var able = BitSet()
    /// Classes of demands that one of them passes.
    var classes = BitSet()
    /// What those still have that were woken and are awaited: they take what they can before another one is woken.
    var awaited: [Room] = []
    /// Jobs that are still looked at.
    var jobs = 1000
  }

  private struct Room {
    var render: Int
    var tasks: Int
    var capacity: Int32
  }

  /// The best render for the first work in order that waits for one, with the job.
  mutating func renderToWake() -> (render: Int, job: JobID)? {
    let root = branches[0].node
    guard solver.tree.nodes[root].isOpen else { return nil }
    var look = Look()
    var from = 0
    while let render = wake.sleeping.next(from: from) {
      from = render + 1
      if mayBeWoken(render) { look.able.insert(render) }
    }
    for place in solver.tree.nodes[root].classes.members
    where !solver.barred.contains(place) && solver.classes[place].renders.meets(look.able) {
      look.classes.insert(place)
    }
    if look.classes.isEmpty { return nil }
    for render in renders.indices where renders[render].state.contains(.wolWaking) && mayTakeTasks(render) {
      look.awaited.append(Room(render: render, tasks: Int(renders[render].maxTasks), capacity: renders[render].capacity))
    }
    return need(below: root, &look)
  }

  private func mayTakeTasks(_ render: Int) -> Bool {
    renders[render].priority > 0 && !renders[render].state.contains(.sick) && renders[render].capacity > 0
      && renders[render].maxTasks > 0 && pools[renders[render].pool].isOpen
  }

  private func mayBeWoken(_ render: Int) -> Bool {
    mayTakeTasks(render) && !renders[render].interfaces.isEmpty && (endOfPause(render).map { $0 <= now } ?? true)
  }

  private mutating func need(below node: Int, _ look: inout Look) -> (render: Int, job: JobID)? {
    if case .job(let job) = solver.tree.nodes[node].owner {
      look.jobs -= 1
      return need(of: job, &look).map { ($0, jobs[job].id) }
    }
    for chunk in solver.tree.nodes[node].children.chunks.indices
    where solver.tree.nodes[node].children.chunks[chunk].classes.meets(look.classes) {
      for entry in solver.tree.nodes[node].children.chunks[chunk].entries where entry.classes.meets(look.classes) {
        if look.jobs == 0 { return nil }
        if let found = need(below: Int(entry.key.node), &look) { return found }
      }
    }
    return nil
  }

  private mutating func need(of job: Int, _ look: inout Look) -> Int? {
    // Nobody is woken to wake somebody.
    let isSystem = jobs[job].id == .system
    for block in jobs[job].ready where look.classes.contains(blocks[block].demand) {
      if isSystem, blocks[block].index == SystemBlock.wakeOnLan.index { continue }
      var waiting = tasksWaiting(block, look)
      let demand = blocks[block].demand
      for place in look.awaited.indices where waiting > 0 {
        let room = look.awaited[place]
        let capacity = max(1, solver.classes[demand].demand.capacity)
        guard solver.classes[demand].renders.contains(room.render), fits(demand, room.render) else { continue }
        let taken = min(waiting, room.tasks, Int(room.capacity / capacity))
        look.awaited[place].tasks -= taken
        look.awaited[place].capacity -= Int32(taken) * capacity
        waiting -= taken
      }
      if waiting > 0, let render = best(block, look) { return render }
    }
    return nil
  }

  /// How many tasks of a block could start if there were renders for them.
  private func tasksWaiting(_ block: Int, _ look: Look) -> Int {
    let job = blocks[block].job
    var room = Int.max
    func limit(_ most: Int32, _ running: Int32) { if most >= 0 { room = min(room, max(0, Int(most) - Int(running))) } }
    limit(blocks[block].maxRunning, blocks[block].runsOut)
    limit(people[jobs[job].user].says.maxRunning, people[jobs[job].user].running)
    var node = jobs[job].node
    while node >= 0 {
      limit(solver.tree.nodes[node].says.maxRunning, solver.tree.nodes[node].running)
      node = solver.tree.nodes[node].parent
    }
    guard let wanted = blocks[block].hosts else { return min(room, Int(blocks[block].counts.startable)) }
    // A task on several renders begins when there are enough of them.
    var others = look.able
    for awaited in look.awaited { others.insert(awaited.render) }
    others.formIntersection(solver.classes[blocks[block].demand].renders)
    let known = possibleHosts(block)
    return known + others.count >= wanted.least ? max(0, min(room, wanted.least - known)) : 0
  }

  /// The first in the order of section 3.5 of those that sleep and would take a task of a block.
  private mutating func best(_ block: Int, _ look: Look) -> Int? {
    let demand = blocks[block].demand
    let tiers = tiers(solver.classes[demand].demand.weights)
    var best: (tier: Int, free: FreeRender)?
    var from = 0
    while let render = solver.classes[demand].renders.nextCommon(look.able, from: from) {
      from = render + 1
      guard fits(demand, render), nextTask(block, on: render) != nil else { continue }
      let free = FreeRender(render: render, renders[render])
      let tier = tiers.firstIndex { $0.contains(renders[render].pool) } ?? tiers.count
      if best.map({ (tier, free) < ($0.tier, $0.free) }) ?? true { best = (tier, free) }
    }
    return best.map { Int($0.free.render) }
  }
}
