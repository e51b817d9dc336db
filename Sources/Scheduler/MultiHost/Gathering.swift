import Model

/// Multi-host tasks gather their hosts, start, and let them go (reference/afanasy.md section 3.15).
///
/// Only one task of the farm at a time has fewer hosts than it needs: two that hold half of the farm each would wait for each other
/// for ever. It begins only when there are enough renders online that could ever be its hosts.
extension Farm {
  // MARK: Gathering

  /// The task of a multi-host block that this render may be captured for.
  func partyTask(_ block: Int, _ wanted: HostsWanted, on render: Int) -> Int? {
    if let (task, party) = gathering(block, wanted) {
      return party.hosts.contains { runs[$0]?.render == render } || !mayRun(block, task, on: render) ? nil : task
    }
    guard solver.gathering == nil, let task = nextTask(block, on: render) else { return nil }
    return possibleHosts(block) >= wanted.least ? task : nil
  }

  /// The task of a block that still takes hosts.
  private func gathering(_ block: Int, _ wanted: HostsWanted) -> (task: Int, party: Party)? {
    for task in blocks[block].parties.keys.sorted() {
      if let party = blocks[block].parties[task], party.stage == .gathering, party.hosts.count < wanted.most {
        return (task, party)
      }
    }
    return nil
  }

  /// Renders online that could be hosts of a block, busy or not.
  func possibleHosts(_ block: Int) -> Int {
    guard blocks[block].demand >= 0 else { return 0 }
    var count = 0
    var from = 0
    while let render = solver.classes[blocks[block].demand].renders.next(from: from) {
      from = render + 1
      if renders[render].isOnline, renders[render].capacity >= solver.classes[blocks[block].demand].demand.capacity,
        pools[renders[render].pool].isOpen
      {
        count += 1
      }
    }
    return count
  }

  /// Whether a multi-host block wants a render: for the task that gathers, or for the next one.
  func wantsHosts(_ block: Int, _ wanted: HostsWanted) -> Bool {
    if gathering(block, wanted) != nil { return isStartable(blocks[block].job) }
    return solver.gathering == nil && startableNow(block)
  }

  /// Captures a render for a task.
  mutating func capture(_ block: Int, _ task: Int, _ wanted: HostsWanted, on render: Int) {
    let (lease, reservation) = counters.nextLease()
    if let reservation { store(reservation) }
    let isFirst = blocks[block].parties[task] == nil
    if isFirst {
      let id = renders[render].id
      blocks[block].change(task) { record in
        record.started = now
        record.finished = .never
        record.render = id.value
      }
      change(block) { $0.setFlags(task, []) }
      if !blocks[block].reasons.isEmpty { blocks[block].reasons[UInt32(task)] = nil }
      blocks[block].parties[task] = Party()
      setGathering(Gathering(block: block, task: task))
      move(block, task, to: .running)
      changed(.job(blocks[block].id))
    }
    var run = run(lease, blocks[block].key(task), block, render, coefficient: 1)
    run.role = .captured
    attach(run)
    index(render, isFreer: false)
    changed(.render(renders[render].id))
    guard let place = leases[lease] else { return }
    blocks[block].parties[task]?.hosts.append(place)
    let count = blocks[block].parties[task]?.hosts.count ?? 0
    tell(block, task, "\(count) of \(wanted.least) to \(wanted.most) hosts")
    if count >= wanted.least {
      if solver.gathering == Gathering(block: block, task: task) { setGathering(nil) }
      if count == wanted.most || wanted.wait == 0 {
        begin(block, task, wanted)
      } else {
        expect(.seconds(wanted.wait), block, task)
      }
    }
    refreshQueue(block)
  }

  /// Shows what a gathering task waits for.
  private mutating func tell(_ block: Int, _ task: Int, _ text: String) {
    if let first = blocks[block].parties[task]?.hosts.first { runs[first]?.activity = text }
    changed(.task(blocks[block].key(task)))
  }

  private mutating func expect(_ span: Span, _ block: Int, _ task: Int) {
    var timer = blocks[block].parties[task]?.timer
    timers.cancel(&timer)
    blocks[block].parties[task]?.timer = timers.add(now + span, .party(block: block, task: task))
  }

  /// The moment came for which a party waited.
  mutating func partyHasWaited(_ block: Int, _ task: Int) {
    guard blocks[block].parties[task] != nil, let wanted = blocks[block].hosts else { return }
    blocks[block].parties[task]?.timer = nil
    switch blocks[block].parties[task]?.stage {
    case .gathering: begin(block, task, wanted)
    case .preparing: startMaster(block, task, wanted)
    case .running, nil: break
    }
    refreshQueue(block)
  }

  private mutating func setGathering(_ gathering: Gathering?) {
    guard solver.gathering != gathering else { return }
    solver.gathering = gathering
    for block in solver.multihost.sorted() { refreshQueue(block) }
  }

  // MARK: Starting

  /// There are hosts enough: their service starts, then the master.
  private mutating func begin(_ block: Int, _ task: Int, _ wanted: HostsWanted) {
    guard let party = blocks[block].parties[task] else { return }
    var timer = party.timer
    timers.cancel(&timer)
    blocks[block].parties[task]?.timer = nil
    blocks[block].parties[task]?.stage = .preparing
    blocks[block].change(task) { $0.starts &+= 1 }
    if blocks[block].started == .never { blocks[block].started = now }
    let job = blocks[block].job
    if jobs[job].started == .never {
      jobs[job].started = now
      store(.putJobState(jobs[job].stored))
    }
    let start = blocks[block].pages[task]?.starts ?? 1
    // The first host, the best, is the master's.
    for (number, place) in party.hosts.enumerated() where wanted.masterOnSlave || number > 0 {
      let hostNumber = Int32(wanted.masterOnSlave ? number + 1 : number)
      runs[place]?.hostNumber = hostNumber
      guard let run = runs[place] else { continue }
      let id = renders[run.render].id
      store(.putRun(StoredRun(lease: run.lease, key: run.key, render: id, started: now, hostNumber: hostNumber)))
      guard !wanted.service.isEmpty else { continue }
      runs[place]?.role = .slave
      emit(.start(id, RunStart(lease: run.lease, key: run.key, start: start, hostNumber: hostNumber)))
    }
    if wanted.service.isEmpty || wanted.serviceWait == 0 {
      startMaster(block, task, wanted)
    } else {
      tell(block, task, "waits \(wanted.serviceWait) s for its slaves' service")
      expect(.seconds(wanted.serviceWait), block, task)
    }
  }

  private mutating func startMaster(_ block: Int, _ task: Int, _ wanted: HostsWanted) {
    guard var party = blocks[block].parties[task], let first = party.hosts.first, let host = runs[first] else { return }
    let slaves = wanted.masterOnSlave ? party.hosts : Array(party.hosts.dropFirst())
    let names = slaves.compactMap { runs[$0].map { renders[$0.render].name } }
    let place: Int
    if wanted.masterOnSlave {
      let (lease, reservation) = counters.nextLease()
      if let reservation { store(reservation) }
      // It shares what its slave holds.
      var run = Run(lease: lease, key: host.key, block: block, render: host.render, capacity: 0, started: now, seen: now)
      run.role = .master
      attach(run)
      index(host.render, isFreer: false)
      place = leases[lease] ?? first
    } else {
      place = first
      party.hosts.removeFirst()
      runs[place]?.role = .master
      runs[place]?.activity = ""
      runs[place]?.started = now
      runs[place]?.progressed = now
      began(place)
    }
    party.master = place
    party.stage = .running
    blocks[block].parties[task] = party
    guard let run = runs[place] else { return }
    let id = renders[run.render].id
    blocks[block].change(task) { record in
      record.started = now
      record.render = id.value
    }
    jobs[blocks[block].job].lastStart = LastStart(render: run.render, at: now, cause: cause)
    store(.putRun(StoredRun(lease: run.lease, key: run.key, render: id, started: now)))
    emit(
      .start(id, RunStart(lease: run.lease, key: run.key, start: blocks[block].pages[task]?.starts ?? 1, hosts: names)))
    log(
      .info, .task(run.key),
      "started on \(renders[run.render].name) with \(number(names.count, "host")): \(names.joined(separator: ", "))")
    changed(.task(run.key))
    changed(.job(run.key.job))
    changed(.render(id))
  }

  // MARK: Ending

  /// A run that is not a task of its own has ended, or is lost; or a master's has, whose hosts go with it.
  ///
  /// - Returns: whether the task itself ends now, as a run ends.
  mutating func partyLost(_ place: Int, _ result: RunResult?) -> Bool {
    guard let run = runs[place], run.role != .alone else { return true }
    let task = Int(run.key.task.value)
    guard run.intent != .forget, let wanted = blocks[run.block].hosts, let party = blocks[run.block].parties[task] else {
      return true
    }
    if run.role == .master {
      dissolve(run.block, task, but: place)
      return true
    }
    let isMastersPlace = party.master == nil && !wanted.masterOnSlave && party.hosts.first == place
    let least = party.stage == .gathering ? 0 : 1
    if !isMastersPlace || party.stage == .gathering, party.hosts.count > least, party.stage == .gathering || wanted.ignoresLoss {
      letGo(place, isOver: true)
      if party.stage == .gathering { gatherAgain(run.block, task, wanted) }
      return false
    }
    // The task cannot go on without this host.
    let name = renders[run.render].name
    let reason = result.map { $0.reason.isEmpty ? "ended with status \($0.exitCode)" : $0.reason } ?? "was lost"
    log(.warning, .task(run.key), "slave \(run.hostNumber) on \(name): \(reason)")
    if let master = party.master {
      letGo(place, isOver: true)
      dissolve(run.block, task, but: master)
      // What is stopped already is what it is to be, whatever its slaves say.
      guard runs[master]?.intent == nil else { return false }
      // A slave that failed is an error of the task; one that was lost is not.
      if result != nil, let run = runs[master] {
        let flags = blocks[run.block].pages[task]?.flags ?? []
        let isFinal = countError(run, "slave on \(name): \(reason)", flags)
        requestStop(master, isFinal ? .error : .errorReady)
      } else {
        requestStop(master, .requeue)
      }
      return false
    }
    dissolve(run.block, task, but: place)
    // However it ended, the task has not begun.
    if run.hostNumber > 0 { store(.deleteRun(run.lease)) }
    runs[place]?.role = .alone
    runs[place]?.intent = result == nil ? .requeue : .errorReady
    return true
  }

  /// A host that was captured is gone: another is captured, or the task waits until there are hosts enough.
  private mutating func gatherAgain(_ block: Int, _ task: Int, _ wanted: HostsWanted) {
    guard let party = blocks[block].parties[task] else { return }
    var timer = party.timer
    if party.hosts.count < wanted.least {
      timers.cancel(&timer)
      blocks[block].parties[task]?.timer = nil
    }
    if party.hosts.isEmpty || possibleHosts(block) < wanted.least
      || (party.hosts.count < wanted.least && solver.gathering != nil
        && solver.gathering != Gathering(block: block, task: task))
    {
      dissolve(block, task, but: nil)
      move(block, task, to: .ready)
      store(.putTask(blocks[block].stored(task)))
      changed(.task(blocks[block].key(task)))
      changed(.job(blocks[block].id))
      return
    }
    if party.hosts.count < wanted.least { setGathering(Gathering(block: block, task: task)) }
    if let first = party.hosts.first, let render = runs[first]?.render {
      let id = renders[render].id.value
      blocks[block].change(task) { $0.render = id }
    }
    refreshQueue(block)
  }

  /// Lets the hosts of a party go; the task is its caller's.
  ///
  /// - Parameter kept: a run that its caller ends.
  mutating func dissolve(_ block: Int, _ task: Int, but kept: Int?) {
    guard let party = blocks[block].parties.removeValue(forKey: task) else { return }
    var timer = party.timer
    timers.cancel(&timer)
    for place in party.hosts where place != kept { letGo(place) }
    if let master = party.master, master != kept { letGo(master) }
    if solver.gathering == Gathering(block: block, task: task) { setGathering(nil) }
    refreshQueue(block)
  }

  /// A host is free of the task: at once where nothing runs, else when the slave has ended.
  ///
  /// - Parameter isOver: what ran there has ended, or is lost.
  private mutating func letGo(_ place: Int, isOver: Bool = false) {
    guard let run = runs[place], run.intent == nil else { return }
    let task = Int(run.key.task.value)
    blocks[run.block].parties[task]?.hosts.removeAll { $0 == place }
    if run.hostNumber > 0 || run.role == .master { store(.deleteRun(run.lease)) }
    guard run.role != .captured, !isOver, renders[run.render].isOnline else {
      detach(place)
      index(run.render, isFreer: true)
      changed(.render(renders[run.render].id))
      return
    }
    runs[place]?.intent = .forget
    uncount(run)
    if renders[run.render].connection != nil { emit(.stop(renders[run.render].id, run.lease)) }
  }

  /// A stop was asked for of a host whose master runs: the task cannot go on without it, and ends as it is to.
  ///
  /// - Returns: what `requestStop` returns; nil: it is no such host.
  mutating func stopsMaster(of place: Int, _ intent: Run.Intent) -> Bool? {
    guard let run = runs[place], run.role == .captured || run.role == .slave, run.intent == nil,
      let master = blocks[run.block].parties[Int(run.key.task.value)]?.master
    else { return nil }
    letGo(place)
    return runs[master]?.intent == nil ? requestStop(master, intent) : true
  }

  /// A stop was asked for while a party has no master yet: its other hosts go, and the run `place` stands for the task, alone.
  ///
  /// - Returns: whether nothing runs there, so that the task is at once what it is to be.
  mutating func stopsParty(_ place: Int) -> Bool {
    guard let run = runs[place], run.role == .captured || run.role == .slave, run.intent == nil else { return false }
    let task = Int(run.key.task.value)
    dissolve(run.block, task, but: place)
    runs[place]?.role = .alone
    runs[place]?.hostNumber = 0
    let id = renders[run.render].id.value
    blocks[run.block].change(task) { $0.render = id }
    return run.role == .captured
  }
}

/// The task that has fewer hosts than it needs.
struct Gathering: Hashable, Sendable {
  /// Place in `Farm.blocks`.
  var block: Int
  var task: Int
}
