import Model

/// Changes of pools, branches and renders by people.
extension Farm {
  /// - Throws: `.notFound` when nothing is selected, `.usage` for a mask that does not compile or a selection of another kind.
  mutating func editNodes(_ edit: Edit, by actor: Actor) throws(Failure) -> [NodeOutcome] {
    var outcomes: [NodeOutcome] = []
    switch edit.target {
    case .pools(let selection):
      for place in try select(selection, poolPlaces, "pool") where pools[place].exists {
        let before = before([.pool(pools[place].path)], edit.changes)
        outcomes.append(self.edit(pool: place, edit.changes, by: actor))
        note(before)
      }
    case .branches(let selection):
      for place in try select(selection, branchPlaces, "branch") where branches[place].exists {
        let before = before([.branch(branches[place].path)], edit.changes)
        outcomes.append(self.edit(branch: place, edit.changes, by: actor))
        note(before)
      }
    case .renders(let selection):
      for place in try select(selection, renderNamePlaces, "render") {
        let before = before([.render(renders[place].name)], edit.changes)
        outcomes.append(self.edit(render: place, edit.changes, by: actor))
        note(before)
      }
    case .jobs, .blocks, .tasks, .users: throw Failure(.usage, "expected pools, branches or renders")
    }
    return outcomes
  }

  /// The nodes that are meant, in the order of their names.
  func select(_ selection: NodeSelection, _ places: [String: Int], _ noun: String) throws(Failure) -> [Int] {
    switch selection {
    case .names(let names):
      if names.isEmpty { throw Failure(.usage, "no \(noun) was named") }
      var found: [Int] = []
      for name in names {
        guard let place = places[name] else { throw Failure(.notFound, "there is no \(noun) \"\(name)\"") }
        if !found.contains(place) { found.append(place) }
      }
      return found
    case .mask(let mask):
      let pattern: Pattern
      do { pattern = try Pattern(mask) } catch { throw Failure(.usage, "the mask \"\(mask)\": \(error)") }
      let found = places.filter { pattern.matchesWhole($0.key) }.sorted { $0.key < $1.key }.map(\.value)
      if found.isEmpty { throw Failure(.notFound, "no \(noun)'s name matches \"\(mask)\"") }
      return found
    }
  }

  /// `priority: 99 -> 150, paused: false -> true`.
  static func text(_ changes: [Edit.Change], _ changed: [Parameters.Changed]) -> String {
    zip(changes, changed).map { change, values in
      let text = "\(change.key): \(values.old.text()) -> \(values.new.text())"
      guard change.key == "custom_data", let fault = CustomData.fault(values.new.string ?? "") else { return text }
      return "\(text) (no JSON that a service can use: \(fault))"
    }
    .joined(separator: ", ")
  }

  private mutating func edit(pool place: Int, _ changes: [Edit.Change], by actor: Actor) -> NodeOutcome {
    let node = "pool \(pools[place].path)"
    if let refusal = refusal(toSet: changes, of: .pool, { Rights.refusal(of: $0, by: actor.user, actor.role, owner: nil) }) {
      return NodeOutcome(node: node, isDone: false, message: refusal, isPermitted: false)
    }
    var parameters = pools[place].parameters
    let text: String
    do { text = Self.text(changes, try Parameters.edit(&parameters, changes, isRoot: place == 0)) } catch {
      return NodeOutcome(node: node, isDone: false, message: "\(error)")
    }
    pools[place].parameters = parameters
    pools[place].mask = parameters.pattern.isEmpty ? nil : try? Pattern(parameters.pattern, ignoringCase: true)
    store(.putPool(pools[place].stored))
    poolChanged(place)
    changed(.pool(pools[place].path))
    journal("pools set", node, text, by: actor)
    return NodeOutcome(node: node, isDone: true, message: text)
  }

  private mutating func edit(branch place: Int, _ changes: [Edit.Change], by actor: Actor) -> NodeOutcome {
    let node = "branch \(branches[place].path)"
    if let refusal = refusal(toSet: changes, of: .branch, { Rights.refusal(of: $0, by: actor.user, actor.role, owner: nil) }) {
      return NodeOutcome(node: node, isDone: false, message: refusal, isPermitted: false)
    }
    let old = branches[place].parameters
    var parameters = old
    let text: String
    do { text = Self.text(changes, try Parameters.edit(&parameters, changes, isRoot: place == 0)) } catch {
      return NodeOutcome(node: node, isDone: false, message: "\(error)")
    }
    branches[place].parameters = parameters
    branchChanged(place, from: old)
    store(.putBranch(stored(branch: place)))
    changed(.branch(branches[place].path))
    journal("branches set", node, text, by: actor)
    return NodeOutcome(node: node, isDone: true, message: text)
  }

  private mutating func edit(render place: Int, _ changes: [Edit.Change], by actor: Actor) -> NodeOutcome {
    let node = "render \(renders[place].name)"
    if let refusal = refusal(toSet: changes, of: .render, { refusal(of: $0, by: actor, render: place) }) {
      return NodeOutcome(node: node, isDone: false, message: refusal, isPermitted: false)
    }
    var parameters = renders[place].parameters
    var state = renders[place].state
    var user = renders[place].user
    var texts: [String] = []
    do {
      for change in changes {
        switch change.key {
        case "user_name":
          guard let name = try Parameters.render.checked(change).string, !name.isEmpty else {
            throw DocumentError("user_name", "expected a user's name")
          }
          texts.append("user_name: \(user) -> \(name)")
          user = name
        case "nimby", "NIMBY", "paused":
          let flag: RenderState = change.key == "nimby" ? .nimby : change.key == "NIMBY" ? .NIMBY : .paused
          let isOn = try Parameters.render.checked(change).bool ?? false
          texts.append("\(change.key): \(state.contains(flag)) -> \(isOn)")
          // Either nimby set to false frees the render (reference/afanasy.md section 1.11).
          if flag != .paused { state.subtract([.nimby, .NIMBY]) }
          if isOn { state.insert(flag) } else { state.remove(flag) }
        default:
          if change.key == "pool", let path = change.value.string, poolPlaces[NodePath.normal(path)] == nil {
            throw DocumentError("pool", "there is no pool \"\(path)\"")
          }
          texts.append(Self.text([change], try Parameters.edit(&parameters, [change])))
        }
      }
    } catch {
      return NodeOutcome(node: node, isDone: false, message: "\(error)")
    }
    countNimby(place, -1)
    renders[place].user = user
    renders[place].state = state
    countNimby(place, 1)
    let pool = poolPlaces[NodePath.normal(parameters.pool)] ?? renders[place].pool
    parameters.pool = pools[pool].path
    renders[place].parameters = parameters
    move(render: place, pool: pool)
    farmValuesChanged(place)
    index(place, isFreer: true)
    store(.putRender(renders[place].stored))
    changed(.render(renders[place].id))
    let text = texts.joined(separator: ", ")
    journal("renders set", node, text, by: actor)
    return NodeOutcome(node: node, isDone: true, message: text)
  }

  // MARK: Making and removing

  mutating func order(_ order: NodeOrder, by actor: Actor, _ request: RequestID) {
    guard !order.names.isEmpty else { return emit(.answer(request, .failed(Failure(.usage, "nothing was named")))) }
    let deed: Deed = order.creates ? .create(order.kind) : .remove(order.kind)
    if let refusal = Rights.refusal(of: deed, by: actor.user, actor.role, owner: nil) {
      return emit(.answer(request, .failed(Failure(.notPermitted, refusal))))
    }
    var outcomes: [NodeOutcome] = []
    for name in order.names {
      let fault: String?
      let node: String
      switch order.kind {
      case .pool:
        let path = NodePath.normal(name)
        node = "pool \(path)"
        fault = order.creates ? create(pool: path) : remove(pool: path)
      case .branch:
        let path = NodePath.normal(name)
        node = "branch \(path)"
        fault = order.creates ? create(branch: path) : remove(branch: path)
      case .user:
        node = "user \(name)"
        fault = order.creates ? create(user: name) : remove(user: name)
      case .render:
        node = "render \(name)"
        fault = order.creates ? "renders come by themselves: start reeve-render there" : remove(render: name)
      }
      let word = order.creates ? "created" : "deleted"
      outcomes.append(NodeOutcome(node: node, isDone: fault == nil, message: fault ?? word))
      if fault == nil { journal("\(node.prefix { $0 != " " })s \(order.creates ? "create" : "delete")", node, word, by: actor) }
    }
    emit(.answer(request, .edited(outcomes)))
  }

  private mutating func create(pool path: String) -> String? {
    if let fault = NodePath.fault(path) { return fault }
    if poolPlaces[path] != nil { return "it is there already" }
    if pools.count(where: \.exists) + path.split(separator: "/").count > Limits.pools { return "there are \(Limits.pools) pools" }
    _ = makePool(path)
    return nil
  }

  private mutating func create(branch path: String) -> String? {
    if let fault = NodePath.fault(path) { return fault }
    if branchPlaces[path] != nil { return "it is there already" }
    if branches.count(where: \.exists) + path.split(separator: "/").count > Limits.branches {
      return "there are \(Limits.branches) branches"
    }
    _ = makeBranch(path)
    return nil
  }

  private mutating func create(user name: String) -> String? {
    if name.utf8.count > Limits.nameBytes { return "the name is longer than \(Limits.nameBytes) bytes" }
    if let known = peoplePlaces[name], people[known].isStored { return "it is there already" }
    if people.count(where: \.isStored) >= Limits.users { return "there are \(Limits.users) users" }
    let place = userPlace(name)
    people[place].isStored = true
    people[place].registered = now
    store(.putUser(people[place].stored))
    changed(.user(name))
    return nil
  }

  private mutating func remove(pool path: String) -> String? {
    guard let place = poolPlaces[path] else { return "there is no such pool" }
    if place == 0 { return "the root pool stays" }
    if pools[place].children.contains(where: { pools[$0].exists }) { return "it has pools below: delete those first" }
    let parent = pools[place].parent ?? 0
    for render in renders.indices where renders[render].pool == place {
      move(render: render, pool: parent)
      store(.putRender(renders[render].stored))
      changed(.render(renders[render].id))
    }
    pools[place].exists = false
    pools[parent].children.removeAll { $0 == place }
    poolPlaces[path] = nil
    solver.tiers = [:]
    store(.deletePool(path))
    changed(.pool(path))
    return nil
  }

  private mutating func remove(branch path: String) -> String? {
    guard let place = branchPlaces[path] else { return "there is no such branch" }
    if place == 0 { return "the root branch stays" }
    if branches[place].children > 0 { return "it has branches below: delete those first" }
    let jobs = branches[place].jobs.count { !self.jobs[$0].isDeleted }
    if jobs > 0 { return "it has \(number(jobs, "job")): delete or move them first" }
    if !finishDeletions(where: { $0.branch == place }) { return Self.lineIsFull.message }
    let parent = branches[place].parent ?? 0
    branches[parent].children -= 1
    branches[place].exists = false
    branchPlaces[path] = nil
    solver.limitedNodes.remove(branches[place].node)
    solver.tree.remove(branches[place].node)
    store(.deleteBranch(path))
    changed(.branch(path))
    return nil
  }

  private mutating func remove(user name: String) -> String? {
    guard let place = peoplePlaces[name], people[place].isStored else { return "there is no such user" }
    if people[place].jobs > 0 { return "it has \(number(Int(people[place].jobs), "job")): delete them first" }
    if !finishDeletions(where: { $0.user == place }) { return Self.lineIsFull.message }
    // The place stays: a render may be the user's. What was set is gone.
    people[place].isStored = false
    let old = people[place].parameters
    people[place].parameters = settings.newUser
    userChanged(place, from: old)
    people[place].use = FadingUse()
    store(.deleteUser(name))
    changed(.user(name))
    return nil
  }

  private mutating func remove(render name: String) -> String? {
    guard let place = renderNamePlaces[name] else { return "there is no such render" }
    if renders[place].isOnline { return "it is online: stop its agent first" }
    if !renders[place].runs.isEmpty { return "\(number(renders[place].runs.count, "task")) of it may still run: they go back soon" }
    forget(render: place)
    return nil
  }

  /// Its place stays, and holds nothing.
  private mutating func forget(render place: Int) {
    let id = renders[place].id
    forgetErrors(on: place)
    forgetSleep(place)
    solver.put(place, nil)
    countNimby(place, -1)
    pools[renders[place].pool].renders -= 1
    renderNames.remove(RenderName(name: renders[place].name, render: place))
    renderNamePlaces[renders[place].name] = nil
    renderPlaces[id] = nil
    for predicate in solver.predicates.indices { solver.predicates[predicate].renders.remove(place) }
    for demandClass in solver.classes.indices where solver.classes[demandClass].renders.contains(place) {
      solver.classes[demandClass].renders.remove(place)
      judgePossible(demandClass)
    }
    solver.classesOfRender[place].removeAll()
    renders[place].isGone = true
    store(.deleteRender(id))
    changed(.renderRemoved(id))
  }
}
