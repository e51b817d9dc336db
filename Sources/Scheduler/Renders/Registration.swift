import Model

/// Renders come and say what they run (reference/afanasy.md section 9.4).
extension Farm {
  mutating func register(_ registration: RenderRegistration, _ connection: ConnectionID) {
    if let fault = fault(registration) {
      return emit(.refused(connection: connection, Failure(.failed, fault)))
    }
    let render: Int
    var isNew = false
    if let known = renderNamePlaces[registration.name] {
      render = known
      if renders[render].isOnline {
        guard renders[render].agent == registration.agent else { return refuse(registration, connection, render) }
        if let old = renders[render].connection, old != connection {
          emit(.drop(connection: old, reason: "the agent of \(registration.name) connected anew"))
        }
      }
    } else {
      guard renders.count < Limits.renders else {
        return emit(
          .refused(connection: connection, Failure(.failed, "this server knows \(Limits.renders) renders and takes no more")))
      }
      let (id, counter) = counters.nextRender()
      store(counter)
      render = add(
        Render(
          StoredRender(
            id: id, name: registration.name, agent: registration.agent, user: registration.user, capacity: registration.capacity,
            maxTasks: registration.maxTasks, registered: now)))
      putIntoPool(new: render)
      isNew = true
    }
    take(registration, connection, render)
    store(.putRender(renders[render].stored))
    let keep = reconcile(registration.runs, render)
    index(render, isFreer: true)
    let id = renders[render].id
    emit(.accepted(id, connection: connection, keep: keep))
    emit(.configure(id, configuration(render)))
    changed(isNew ? .renderAdded(id) : .render(id))
  }

  private func fault(_ registration: RenderRegistration) -> String? {
    if registration.name.isEmpty { return "a render needs a name" }
    if registration.name.utf8.count > Limits.nameBytes { return "the render's name is longer than \(Limits.nameBytes) bytes" }
    if registration.capacity < -1 || Int(registration.capacity) > Limits.capacity {
      return "capacity \(registration.capacity) is out of range (0 to \(Limits.capacity))"
    }
    if registration.maxTasks < -1 || Int(registration.maxTasks) > Limits.tasksPerRender {
      return "\(registration.maxTasks) tasks at once is out of range (0 to \(Limits.tasksPerRender))"
    }
    return nil
  }

  private mutating func refuse(_ registration: RenderRegistration, _ connection: ConnectionID, _ render: Int) {
    let other = renders[render]
    let text =
      "\(registration.name) is already online from \(other.address) since \(Self.utc(other.registered)) (give this one another name, or stop the other)"
    emit(.refused(connection: connection, Failure(.failed, text)))
    log(.warning, .render(other.id), "refused a second agent from \(registration.address)")
  }

  private mutating func take(_ registration: RenderRegistration, _ connection: ConnectionID, _ render: Int) {
    let cameOnline = !renders[render].isOnline
    solver.put(render, nil)
    countNimby(render, -1)
    renders[render].agent = registration.agent
    renders[render].user = registration.user
    renders[render].version = registration.version
    renders[render].os = registration.os
    renders[render].address = registration.address
    renders[render].agentCapacity = registration.capacity
    renders[render].agentMaxTasks = registration.maxTasks
    renders[render].services = registration.services
    renders[render].resources = registration.resources
    renders[render].knownResources = registration.resources
    takeInterfaces(registration.interfaces, render)
    cameAwake(render)
    let asked = registration.nimby.intersection([.nimby, .NIMBY])
    if !asked.isEmpty {
      renders[render].state.subtract([.nimby, .NIMBY])
      renders[render].state.formUnion(asked)
    }
    countNimby(render, 1)
    renders[render].isOnline = true
    renders[render].connection = connection
    renders[render].seen = now
    if cameOnline {
      renders[render].registered = now
      renders[render].changed = now
      renders[render].events.noTaskSince = renders[render].runs.isEmpty ? now : nil
      onlineRenders += 1
      log(.info, .render(renders[render].id), "online from \(registration.address)")
    }
    farmValuesChanged(render)
    look(at: render, by: now + zombieTime(render))
  }

  /// Brings what the render runs and what the farm thinks it runs together.
  ///
  /// - Returns: the leases that go on.
  private mutating func reconcile(_ reports: [RunReport], _ render: Int) -> [Lease] {
    var keep: [Lease] = []
    var kept: Set<Int> = []
    for report in reports {
      guard let place = leases[report.lease], let run = runs[place], run.render == render, run.key == report.key, run.intent == nil,
        kept.insert(place).inserted
      else { continue }
      keep.append(report.lease)
      runs[place]?.seen = now
      let task = Int(run.key.task.value)
      if run.role.isTask, blocks[run.block].waitingReconnect.contains(task) {
        move(run.block, task, to: .running)
        changed(.task(run.key))
        changed(.job(run.key.job))
      }
    }
    // What it does not know any more is lost; what was to be stopped has an end: the agent stops what it may not keep.
    for place in sorted(renders[render].runs) where !kept.contains(place) {
      // Nothing runs where a host is only held.
      if runs[place]?.role == .captured { continue }
      end(place, nil)
    }
    return keep
  }

  /// Puts a render with a new name into the farm.
  mutating func add(_ stored: Render) -> Int {
    let render = renders.count
    renders.append(stored)
    renderPlaces[stored.id] = render
    renderNamePlaces[stored.name] = render
    let name = RenderName(name: stored.name, render: render)
    let (before, after) = renderNames.neighbours(of: name)
    renderNames.insert(name)
    // A label between those of its neighbours in the order of names, with room left for others: comparing two is comparing numbers.
    let step: UInt64 = 1 << 32
    let low = before.map { renders[$0.render].label } ?? 0
    let high = after.map { renders[$0.render].label } ?? .max
    let gap = high - low
    if before == nil, after == nil {
      renders[render].label = 1 << 63
    } else if gap < 2 {
      relabel(step)
    } else if after == nil {
      renders[render].label = low + min(step, gap / 2)
    } else if before == nil {
      renders[render].label = high - min(step, gap / 2)
    } else {
      renders[render].label = low + gap / 2
    }
    return render
  }

  /// The room between two names is used up: spreads the labels of all. Halving a room of 2³² takes 32 names, so this is rare.
  private mutating func relabel(_ step: UInt64) {
    let order = renderNames.elements()
    for name in order { solver.put(name.render, nil) }
    // From the middle of the numbers, so that there is room before the first name too.
    for (index, name) in order.enumerated() { renders[name.render].label = 1 << 63 + UInt64(index) * step }
    for name in order { self.index(name.render, isFreer: false) }
  }

  /// `2026-11-22T01:37:05Z` (the civil-from-days rule of the proleptic Gregorian calendar).
  static func utc(_ instant: Instant) -> String {
    let seconds = instant.seconds
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let m = (5 * dayOfYear + 2) / 153
    let month = m < 10 ? m + 3 : m - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return
      "\(year)-\(two(month))-\(two(dayOfYear - (153 * m + 2) / 5 + 1))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }
}
