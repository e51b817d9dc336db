import Model

extension Farm {
  /// Why the system job does or does not do what it has to.
  func explainSystem(blocks places: [Int], _ subject: String) -> Explanation {
    var counts = Counts()
    var waiting = 0
    var rules: [Explanation.Rule] = []
    for block in places {
      guard let kind = systemBlock(block) else { continue }
      counts += blocks[block].counts
      let line = system.lines[kind.rawValue]
      waiting += line.waiting
      let todo = line.waiting + Int(blocks[block].counts.startable)
      guard todo > 0 else { continue }
      if rules.isEmpty { rules += systemHolds() }
      rules += missingTakers(kind, block, todo)
      if line.waiting > 0, Int(blocks[block].counts.startable + blocks[block].counts.out) >= Int(settings.systemTasksMax) {
        rules.append(
          Explanation.Rule(
            key: "af_sysjob_tasksmax", node: "block \(kind.name)",
            text: "\(number(line.waiting, "command")) wait in line: at most \(settings.systemTasksMax) are tasks at once"))
      }
      rules += renderRules(block: block, task: nil).rules
    }
    var parts: [String] = []
    if counts.out > 0 { parts.append("\(number(Int(counts.out), "command")) \(counts.out == 1 ? "runs" : "run")") }
    let ready = Int(counts.startable)
    if ready > 0 { parts.append("\(number(ready, "command")) \(ready == 1 ? "waits" : "wait") for a render") }
    if waiting > 0 { parts.append("\(number(waiting, "command")) \(waiting == 1 ? "waits" : "wait") in line") }
    return Explanation(subject: subject, verdict: parts.isEmpty ? "has nothing to do" : parts.joined(separator: "; "), rules: rules)
  }

  private func systemHolds() -> [Explanation.Rule] {
    guard let job = system.place else { return [] }
    var rules: [Explanation.Rule] = []
    if jobs[job].isOffline {
      rules.append(Explanation.Rule(key: "offline", node: "job 1", text: "the job is paused (reeve start 1)"))
    }
    if jobs[job].priority == 0 {
      rules.append(Explanation.Rule(key: "priority", node: "job 1", text: "priority 0 keeps it from running"))
    }
    return rules
  }

  private func missingTakers(_ kind: SystemBlock, _ block: Int, _ todo: Int) -> [Explanation.Rule] {
    guard !hasTakers(block), let job = system.place else { return [] }
    let service = jobs[job].spec.blocks[kind.rawValue].service
    return [
      Explanation.Rule(
        key: "service", node: "block \(kind.name)",
        text: "no render is online that may run service \(service): \(number(todo, "command")) \(todo == 1 ? "waits" : "wait")")
    ]
  }

  /// What operators have to know of the system job: blocks that have something to do and nobody to do it. Costs nothing when all
  /// is well.
  public func systemTrouble() -> [String] {
    guard let job = system.place else {
      return jobPlaces[.system] == nil
        ? [] : ["job 1 is not the system job: delete it and restart the server, or nothing runs commands, events and wakes"]
    }
    return SystemBlock.allCases.compactMap { kind in
      let block = jobs[job].blocks[kind.rawValue]
      let todo = system.lines[kind.rawValue].waiting + Int(blocks[block].counts.startable)
      return todo > 0 ? missingTakers(kind, block, todo).first.map { "\(kind.name): \($0.text)" } : nil
    }
  }
}
