import Model

/// What an error means for the task, its block and the render (reference/afanasy.md section 3.12).
extension Farm {
  /// A run's task failed: the task is tried again or is an error for good.
  mutating func fail(_ run: Run, _ reason: String, _ flags: TaskFlags) {
    let isFinal = countError(run, reason, flags)
    move(run.block, Int(run.key.task.value), to: isFinal ? .error : .errorReady)
  }

  /// Counts an error of a run: for its task, and for its render in the eyes of the task, the block and the farm.
  ///
  /// - Returns: whether the task is not to be tried again by itself.
  mutating func countError(_ run: Run, _ reason: String, _ flags: TaskFlags) -> Bool {
    let task = Int(run.key.task.value)
    let block = run.block
    let errors = (blocks[block].pages[task]?.errors ?? 0) + 1
    let isFinal = flags.contains(.parserFatal) || errors > Int32(errorPolicy(block).retries)
    change(block) {
      $0.setErrors(task, errors)
      $0.setFlags(task, flags)
      $0.reasons[UInt32(task)] = reason
    }
    let text = "error \(errors) on \(renders[run.render].name): \(reason)\(isFinal ? "" : "; it will be tried again")"
    log(.warning, .task(run.key), text)
    journal("tasks error", "job \(run.key.job)", "task \(run.key): \(text)")
    blame(run.render, block, task)
    failed(on: run.render, user: people[jobs[blocks[block].job].user].name)
    return isFinal
  }

  /// What a block says of errors; where it says nothing, what its user says.
  func errorPolicy(_ block: Int) -> (retries: UInt8, avoidHost: Int32, sameHost: Int32, forgiveness: Span?) {
    let job = blocks[block].job
    let user = people[jobs[job].user].parameters
    let own = jobs[job].spec.blocks[Int(blocks[block].index.value)]
    func value(_ own: Int8, _ user: UInt8) -> UInt8 { own >= 0 ? UInt8(own) : user }
    let seconds = own.parameters.errorsForgiveTime >= 0 ? own.parameters.errorsForgiveTime : user.errorsForgiveTime
    return (
      value(own.errorsRetries, user.errorsRetries), Int32(value(own.parameters.errorsAvoidHost, user.errorsAvoidHost)),
      Int32(value(own.parameters.errorsTaskSameHost, user.errorsTaskSameHost)),
      seconds > 0 ? .seconds(Int64(seconds)) : nil
    )
  }

  // MARK: Renders that are avoided

  private mutating func blame(_ render: Int, _ block: Int, _ task: Int) {
    setErrorLimits(block)
    let forgiveness = errorPolicy(block).forgiveness
    for place in [ErrorHosts.Place(task: nil, render: render), ErrorHosts.Place(task: task, render: render)] {
      let wasAvoided = place.task == nil && blockAvoids(block, render)
      let errors = blocks[block].errorHosts.add(place, at: now, forgiveness: forgiveness)
      store(.putErrorHost(stored(place, errors, block)))
      if place.task == nil, !wasAvoided, blockAvoids(block, render) {
        ownRendersChanged(block, [render])
        log(
          .info, .job(blocks[block].id),
          "block \(blocks[block].index) avoids \(renders[render].name) after \(errors.count) errors there")
      }
    }
    setForgivenessClock(block)
  }

  private func stored(_ place: ErrorHosts.Place, _ errors: ErrorHosts.Errors, _ block: Int) -> StoredErrorHost {
    StoredErrorHost(
      job: blocks[block].id, block: blocks[block].index, task: place.task.map { TaskIndex($0) }, render: renders[place.render].id,
      count: errors.count, last: errors.last)
  }

  /// After the block's or its user's rules of errors were made or changed.
  mutating func setErrorLimits(_ block: Int) {
    let policy = errorPolicy(block)
    let judged = blocks[block].errorHosts.setLimits(block: policy.avoidHost, task: policy.sameHost)
    isNotAvoided(by: block, renders: judged)
  }

  /// The same for a block of which it is not known what it was before.
  mutating func errorRulesChanged(_ block: Int) {
    setErrorLimits(block)
    setForgivenessClock(block)
  }

  /// Looks again when the block's oldest errors are to be forgiven.
  private mutating func setForgivenessClock(_ block: Int) {
    timers.cancel(&blocks[block].errorHosts.timer)
    guard let forgiveness = errorPolicy(block).forgiveness, let oldest = blocks[block].errorHosts.oldest() else { return }
    blocks[block].errorHosts.timer = timers.add(max(now, oldest + forgiveness), .forgiveness(block: block))
  }

  mutating func forgive(_ block: Int) {
    blocks[block].errorHosts.timer = nil
    if let forgiveness = errorPolicy(block).forgiveness {
      let moment = Instant(microseconds: now.microseconds - forgiveness.microseconds)
      let forgiven = blocks[block].errorHosts.forgive(until: moment)
      for place in forgiven { store(.putErrorHost(stored(place, ErrorHosts.Errors(count: 0, last: now), block))) }
      isNotAvoided(by: block, renders: Set(forgiven.map(\.render)).sorted())
    }
    setForgivenessClock(block)
  }

  /// Some renders may be given tasks of the block again.
  private mutating func isNotAvoided(by block: Int, renders: [Int]) {
    if renders.isEmpty { return }
    if blocks[block].job == system.place { system.isDue = true }
    ownRendersChanged(block, renders)
    if blocks[block].isQueued { solver.fresh.insert(blocks[block].demand) }
  }

  /// Forgets on which renders a block failed (`reset-error-hosts`).
  ///
  /// - Parameter tasks: only what these failed on; nil: all.
  /// - Returns: how many renders that was.
  mutating func resetErrorHosts(_ block: Int, tasks: [Range<Int>]? = nil) -> Int {
    if blocks[block].errorHosts.isEmpty { return 0 }
    var renders: [Int]
    if let tasks {
      renders = []
      for place in blocks[block].errorHosts.places {
        guard let task = place.task, tasks.contains(where: { $0.contains(task) }) else { continue }
        blocks[block].errorHosts.remove(place)
        store(.putErrorHost(stored(place, ErrorHosts.Errors(count: 0, last: now), block)))
        if renders.last != place.render { renders.append(place.render) }
      }
    } else {
      renders = blocks[block].errorHosts.removeAll()
      store(.deleteErrorHosts(blocks[block].id, blocks[block].index))
    }
    setForgivenessClock(block)
    isNotAvoided(by: block, renders: renders)
    return renders.count
  }

  /// A render is to be removed from the farm: nobody failed on it any more.
  mutating func forgetErrors(on render: Int) {
    for block in blocks.indices where !blocks[block].errorHosts.isEmpty {
      for place in blocks[block].errorHosts.places where place.render == render {
        blocks[block].errorHosts.remove(place)
        store(.putErrorHost(stored(place, ErrorHosts.Errors(count: 0, last: now), block)))
      }
      setForgivenessClock(block)
    }
  }

  /// What was stored, in the order of age. An error of a moment that is still to come, as after a clock was set back, is of now:
  /// it is not remembered for longer than others.
  mutating func load(_ errorHosts: [StoredErrorHost]) {
    func key(_ host: StoredErrorHost) -> (Instant, JobID, BlockIndex, RenderID, Int) {
      (host.last, host.job, host.block, host.render, host.task.map { Int($0.value) } ?? -1)
    }
    let sorted = errorHosts.sorted { key($0) < key($1) }
    for host in sorted {
      guard let block = blockPlace(host.job, host.block), let render = renderPlaces[host.render],
        host.task.map({ Int($0.value) < blocks[block].count }) ?? true
      else {
        var gone = host
        gone.count = 0
        repairs.append(.store(.putErrorHost(gone)))
        continue
      }
      var known = host
      if host.last > now {
        known.last = now
        repairs.append(.store(.putErrorHost(known)))
      }
      let place = ErrorHosts.Place(task: known.task.map { Int($0.value) }, render: render)
      blocks[block].errorHosts.put(place, ErrorHosts.Errors(count: known.count, last: known.last))
    }
    for block in blocks.indices where !blocks[block].errorHosts.isEmpty {
      ownRendersChanged(block, blocks[block].errorHosts.renders)
      setForgivenessClock(block)
    }
  }
}
