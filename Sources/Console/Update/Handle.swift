import Model

extension ConsoleModel {
  /// Where keys are looked up now, the nearest first.
  var scopes: [Action.Scope] {
    switch place {
    case .jobs: [.jobs, .lists, .orders, .moving, .everywhere]
    case .renders: [.renders, .lists, .farmOrders, .moving, .everywhere]
    case .work: [.tree, .jobs, .lists, .orders, .moving, .everywhere]
    case .farmTree: [.tree, .renders, .lists, .farmOrders, .moving, .everywhere]
    case .heat: [.heat, .renders, .lists, .farmOrders, .moving, .everywhere]
    case .users: [.users, .lists, .userOrders, .moving, .everywhere]
    case .system: [.system, .lists, .systemOrders, .moving, .everywhere]
    case .events: [.events, .lists, .moving, .everywhere]
    case .job:
      switch job?.pane {
      case .grid?: [.grid, .job, .lists, .orders, .moving, .everywhere]
      case .list?: [.taskList, .job, .lists, .orders, .moving, .everywhere]
      default: [.job, .lists, .orders, .moving, .everywhere]
      }
    case .render: [.renderPage, .lists, .farmOrders, .moving, .everywhere]
    case .task: [.taskPage, .lists, .orders, .moving, .everywhere]
    case .log: [.log, .orders, .moving, .everywhere]
    }
  }

  mutating func handle(_ input: Input) -> [ConsoleEffect] {
    // A message stays for two seconds at least, and until something is typed after that.
    if let message, now - message.since > .seconds(2) { self.message = nil }
    switch input {
    case .key(let key, let modifiers):
      if prompt != nil { return handlePrompt(key, modifiers) }
      if overlay != nil { return handleOverlay(KeyStroke(key, modifiers)) }
      return handlePage(KeyStroke(key, modifiers))
    case .mouse(let mouse, let row, let column, _): return handle(mouse, row: row, column: column)
    case .paste(let text):
      guard prompt != nil else {
        paste(text)
        return []
      }
      // The end of a pasted line is no part of a password.
      let isPassword = prompt?.kind == .password
      prompt?.editor.insert(isPassword ? text.filter { !$0.isNewline } : text)
      return edited()
    case .focus, .unknown: return []
    }
  }

  private mutating func handlePage(_ key: KeyStroke) -> [ConsoleEffect] {
    if let action = keys.action(key, in: scopes) { return perform(action) }
    if key == KeyStroke(.character("c"), .control) {
      say("nothing is interrupted by Ctrl-C: q goes back, Q leaves")
    } else if case .character = key.key {
      say("\(key) does nothing here: ? shows the keys")
    }
    return []
  }

  // MARK: - The line at the bottom

  private mutating func handlePrompt(_ key: Key, _ modifiers: Modifiers) -> [ConsoleEffect] {
    switch (key, modifiers) {
    case (.enter, _): return accepted()
    case (.escape, _), (.character("c"), .control), (.character("g"), .control): return cancelled()
    case (.backspace, []) where prompt?.editor.text.isEmpty == true: return cancelled()
    case (.tab, []):
      if case .command? = prompt?.kind { complete() }
      return []
    case (.up, []), (.character("p"), .control), (.down, []), (.character("n"), .control):
      if case .command? = prompt?.kind { recall(older: key == .up || key == .character("p")) }
      return []
    default:
      if prompt?.editor.handle(key, modifiers) == true {
        prompt?.hints = []
        return edited()
      }
      return []
    }
  }

  /// The text has changed: a search goes along.
  private mutating func edited() -> [ConsoleEffect] {
    guard let prompt, prompt.kind == .search, overlay == nil else { return [] }
    let search = Search(prompt.editor.string)
    if place == .log {
      log?.search = search.isEmpty ? nil : search
      log?.top = prompt.origin
      if !search.isEmpty { _ = log?.find(search, from: prompt.origin.line, forward: true) }
    }
    return []
  }

  private mutating func cancelled() -> [ConsoleEffect] {
    guard let prompt else { return [] }
    if prompt.kind == .search, place == .log, overlay == nil {
      log?.search = nil
      log?.match = nil
      log?.top = prompt.origin
    }
    self.prompt = nil
    return []
  }

  private mutating func accepted() -> [ConsoleEffect] {
    guard let prompt else { return [] }
    self.prompt = nil
    switch prompt.kind {
    case .command:
      remember(prompt.editor.string)
      return run(prompt.editor.string)
    case .password: return accepted(password: prompt.editor.string)
    case .filter:
      setFilter(prompt.editor.string)
      return []
    case .save: return save(to: prompt.editor.string)
    case .tag: return tag(matching: prompt.editor.string)
    case .search:
      let search = Search(prompt.editor.string)
      if case .reader(let reader)? = overlay {
        self.search(search.isEmpty ? nil : search, in: reader)
        return []
      }
      setSearch(search.isEmpty ? nil : search)
      if place == .log {
        if !search.isEmpty, log?.match == nil { say("“\(search.text)” is not in the output", .bad) }
      } else if !search.isEmpty {
        find(forward: true)
      }
      return []
    }
  }

  // MARK: - What lies over the page

  private mutating func handleOverlay(_ key: KeyStroke) -> [ConsoleEffect] {
    if let effects = handleTyped(key) { return effects }
    let isCancel =
      key == KeyStroke(.character("c"), .control) || key == KeyStroke(.character("g"), .control)
      || keys.action(key, in: [.everywhere]) == .back
    switch overlay {
    case .help(var help):
      if isCancel || keys.action(key, in: [.everywhere]) == .help {
        overlay = nil
      } else {
        help.top = scrolled(help.top, by: key, page: max(1, size.rows - 6))
        overlay = .help(help)
      }
    case .info(var info):
      if isCancel || keys.action(key, in: [.lists]) == (info.subject.isExplanation ? .explain : .info) {
        overlay = nil
      } else {
        info.top = scrolled(info.top, by: key, page: max(1, size.rows - 6))
        overlay = .info(info)
      }
    case .menu(var menu):
      if isCancel {
        overlay = nil
      } else if key.key == .enter {
        return choose(menu, menu.cursor)
      } else if let at = menu.entries.firstIndex(where: { $0.key == key.description }) {
        return choose(menu, at)
      } else {
        menu.cursor = min(max(0, scrolled(menu.cursor, by: key, page: menu.entries.count)), menu.entries.count - 1)
        overlay = .menu(menu)
      }
    case .confirm(var question):
      switch key.key {
      case _ where isCancel || key.key == .character("n"):
        overlay = nil
        say("nothing was done")
      case .left, .right, .tab, .up, .down, .character("h"), .character("l"):
        question.isVerbChosen.toggle()
        overlay = .confirm(question)
      case .character("y"): return confirmed(question)
      case .enter:
        if question.isVerbChosen { return confirmed(question) }
        overlay = nil
        say("nothing was done")
      default: break
      }
    case .answers(var answers):
      if isCancel || key.key == .enter {
        overlay = nil
      } else {
        answers.top = scrolled(answers.top, by: key, page: max(1, size.rows - 6))
        overlay = .answers(answers)
      }
    case .columns(let columns): handle(columns: columns, key, isCancel: isCancel)
    case .reader(let reader): return handle(reader: reader, key, isCancel: isCancel)
    case .field, .parameters, nil: break
    }
    return []
  }

  /// Where a list of lines goes by a key of moving; the end is cut by who knows it.
  func scrolled(_ top: Int, by key: KeyStroke, page: Int) -> Int {
    switch keys.action(key, in: [.moving]) {
    case .down?: top + 1
    case .up?: max(0, top - 1)
    case .pageDown?: top + page
    case .pageUp?: max(0, top - page)
    case .halfDown?: top + page / 2
    case .halfUp?: max(0, top - page / 2)
    case .first?: 0
    case .last?: top + 10_000
    default: top
    }
  }

  mutating func choose(_ menu: MenuOverlay, _ index: Int) -> [ConsoleEffect] {
    guard menu.entries.indices.contains(index) else { return [] }
    let entry = menu.entries[index]
    overlay = nil
    // Orders ask again whether they may be given: rights may have changed under an open menu.
    if let refusal = entry.refusal, !entry.choice.isOrder {
      say(refusal, .bad)
      return []
    }
    switch entry.choice {
    case .order(let kind, let action):
      guard let order = orders.first(where: { $0.kind == kind && $0.action == action }), let target = target(of: order) else {
        say("the row is not there any more", .bad)
        return []
      }
      return give(order, .rows(target))
    case .matching: openMatching()
    case .matchingOrder(let kind, let action):
      guard let order = Order.table.first(where: { $0.kind == kind && $0.action == action }), let rows = matchingRows(kind) else {
        say("nothing is filtered any more", .bad)
        return []
      }
      return give(order, .matching(rows))
    case .jobsOrder(let order):
      if place == .work {
        work.query.order = order
        work.tree.list.clear()
      } else {
        jobs.query.order = order
        jobs.list.clear()
      }
    case .undo(let number): return takeBack(number)
    case .rendersOrder(let order):
      renders.query.order = order
      clearFarm()
    case .manual(let name): return open(manual: name)
    case .copy(let text): return [.copy(text)]
    case .ring(let name): ring(name, at: index)
    case .usersOrder(let order):
      users.query.order = order
      users.list.clear()
    }
    return []
  }
}
