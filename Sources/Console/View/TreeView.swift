import Model
import Text

/// The trees of work and of the farm.
extension Painter {
  mutating func work(_ layout: FrameLayout) {
    let page = model.work
    let empty =
      page.query.isFilter
      ? ["No job passes the filter “\(page.filter)”.", "f changes it; Esc shows all."]
      : ["No branches yet: they come with the first job.", "reeve submit FILE"]
    list(
      page.tree.list, workColumns(page.query), of: .work, headingRow: layout.body.row, in: layout.list,
      isDescending: page.query.isDescending,
      search: model.search, empty: empty,
      isTagged: { [tags = model.tags] in tags.has($0) })
    if page.query.isFilter { filterMark(page.filter, row: layout.body.row) }
  }

  mutating func farmTree(_ layout: FrameLayout) {
    let query = model.renders.query
    let empty =
      query.isFilter
      ? ["No render passes the filter “\(model.renders.filter)”.", "f changes it; Esc shows all."]
      : ["No renders. Start one on any machine:", "reeve-render --server \(model.options.server)"]
    list(
      model.farmTree.list, farmColumns(query), of: .farm, headingRow: layout.body.row, in: layout.list,
      isDescending: query.isDescending,
      search: model.search, empty: empty,
      isTagged: { [tags = model.tags] in tags.has($0) })
    if query.isFilter { filterMark(model.renders.filter, row: layout.body.row) }
  }

  func workColumns(_ query: JobsQuery) -> [Column<TreeRow>] {
    let theme = theme
    let density = model.density
    let now = model.serverNow
    let text = TreeText(symbols)
    func job(
      _ title: String, full: String? = nil, least: Int, most: Int, importance: Int, isSorted: Bool? = nil,
      _ content: @escaping (JobSummary, Int) -> Column<TreeRow>.Content,
      branch: @escaping (BranchSummary, JSONObject) -> Column<TreeRow>.Content = { _, _ in .text("", nil) }
    ) -> Column<TreeRow> {
      Column(
        title: title, full: full, least: least, most: most, importance: importance, isRight: most < 12, isSorted: isSorted
      ) { row, width in
        switch row.node {
        case .job(let job): content(job, width)
        case .branch(let node): branch(node, row.parameters)
        case .pool, .render: .text("", nil)
        }
      }
    }
    return [
      Column(title: "BRANCH OR JOB", least: 18, most: 56, importance: 20, isSorted: query.order == .name) { row, _ in
        .text(text.name(row), row.path == nil ? nil : theme[.heading])
      },
      job("ID", least: 4, most: 7, importance: 5, isSorted: query.order == .id) { row, _ in .text("\(row.id)", theme[.muted]) },
      job("USER", least: 6, most: 12, importance: 9, isSorted: query.order == .user) { row, _ in .text(row.user, nil) },
      job("STATE", least: 7, most: 18, importance: 18, isSorted: query.order == .state) { row, width in
        .text(StateWords.fitted(row.state, columns: width, density), theme[StateWords.letter(row.state)])
      } branch: { _, own in
        own["paused"]?.bool == true ? .text("paused", theme[StateLetter.suspended]) : .text("", nil)
      },
      job("PROGRESS", least: 10, most: 64, importance: 8) { row, _ in .bar(row.progressBar, row.counts) },
      job("%", full: "PERCENT", least: 4, most: 4, importance: 14, isSorted: query.order == .percent) { row, _ in
        .text("\(row.counts.percent)%", nil)
      },
      job("RUN", least: 4, most: 7, importance: 16, isSorted: query.order == .running) { row, width in
        .text(Numbers.quiet(row.counts.running, columns: width), theme[row.counts.running > 0 ? .running : .nothing])
      } branch: { row, _ in
        .text(Numbers.quiet(row.running, columns: 7), theme[row.running > 0 ? .running : .nothing])
      },
      job("LIMIT", least: 5, most: 6, importance: 6) { _, _ in
        .text("", nil)
      } branch: { _, own in
        .text(own["max_running_tasks"]?.integer.map { "\($0)" } ?? "-", theme[.muted])
      },
      job("JOBS", least: 4, most: 7, importance: 13) { _, _ in
        .text("", nil)
      } branch: { row, _ in
        .text("\(row.jobs)", nil)
      },
      job("ERR", least: 4, most: 7, importance: 17) { row, width in
        .text(Numbers.quiet(row.counts.error, columns: width), row.counts.error > 0 ? theme[.error] : theme[.muted])
      },
      job("TIME", least: 6, most: 7, importance: 10) { row, _ in
        .text(Times.run(from: row.started, to: row.done, now: now), nil)
      },
      job("CAPACITY", least: 8, most: 9, importance: 1) { _, _ in
        .text("", nil)
      } branch: { row, _ in
        .text(Numbers.compact(Int(row.capacityUsed), columns: 9), theme[.muted])
      },
      job("PRI", least: 3, most: 4, importance: 4, isSorted: query.order == .priority) { row, _ in
        .text("\(row.priority)", theme[.muted])
      } branch: { _, own in
        .text("\(own["priority"]?.integer ?? Int64(Limits.defaultPriority))", theme[.muted])
      },
    ]
  }

  func farmColumns(_ query: RendersQuery) -> [Column<TreeRow>] {
    let theme = theme
    let density = model.density
    let text = TreeText(symbols)
    func render(
      _ title: String, full: String? = nil, least: Int, most: Int, importance: Int, isRight: Bool = true, isSorted: Bool? = nil,
      _ content: @escaping (RenderSummary, Int) -> Column<TreeRow>.Content,
      pool: @escaping (PoolSummary, JSONObject) -> Column<TreeRow>.Content = { _, _ in .text("", nil) }
    ) -> Column<TreeRow> {
      Column(
        title: title, full: full, least: least, most: most, importance: importance, isRight: isRight, isSorted: isSorted
      ) { row, width in
        switch row.node {
        case .render(let node): content(node, width)
        case .pool(let node): pool(node, row.parameters)
        case .branch, .job: .text("", nil)
        }
      }
    }
    func gauge(_ percent: Int32, _ row: RenderSummary) -> Column<TreeRow>.Content {
      guard row.state.contains(.online), percent >= 0 else { return .text("-", theme[.muted]) }
      return .text(text.gauge(percent), theme[percent >= 90 ? Theme.Role.tagged : .text])
    }
    return [
      Column(title: "POOL OR RENDER", least: 16, most: 40, importance: 20, isSorted: query.order == .name) { row, _ in
        .text(text.name(row), row.path != nil ? theme[.heading] : row.render?.state.contains(.online) == true ? nil : theme[.muted])
      },
      render("STATE", least: 8, most: 20, importance: 19, isRight: false, isSorted: query.order == .state) { row, width in
        .text(StateWords.fitted(row.state, columns: width, density), theme[StateWords.look(row.state)])
      } pool: { _, own in
        own["paused"]?.bool == true ? .text("paused", theme[Theme.RenderLook.paused]) : .text("", nil)
      },
      render("ONLINE", least: 7, most: 11, importance: 12) { _, _ in
        .text("", nil)
      } pool: { row, _ in
        .text("\(row.online)/\(row.renders)", nil)
      },
      render("BUSY", least: 4, most: 6, importance: 11) { _, _ in
        .text("", nil)
      } pool: { row, _ in
        .text("\(row.busy)", row.busy > 0 ? theme[.running] : theme[.muted])
      },
      render("TASKS", least: 5, most: 8, importance: 17, isSorted: query.order == .tasks) { row, _ in
        .text("\(row.running.count)/\(row.maxTasks)", row.running.isEmpty ? theme[.muted] : theme[.running])
      } pool: { row, _ in
        .text("\(row.running)", row.running > 0 ? theme[.running] : theme[.muted])
      },
      render("CPU", least: 10, most: 10, importance: 15, isRight: false, isSorted: query.order == .load) { row, _ in
        gauge(row.resources.cpuPercent, row)
      },
      render("MEMORY", least: 10, most: 10, importance: 13, isRight: false, isSorted: query.order == .memory) { row, _ in
        gauge(Painter.usedPercent(total: row.resources.memoryTotalMB, free: row.resources.memoryFreeMB), row)
      },
      render("DISK", least: 10, most: 10, importance: 3, isRight: false) { row, _ in
        gauge(Painter.usedPercent(total: row.resources.diskTotalGB, free: row.resources.diskFreeGB), row)
      },
      render("CAPACITY", least: 10, most: 14, importance: 5) { row, width in
        .text(
          "\(Numbers.compact(Int(row.capacityUsed), columns: width / 2))/\(Numbers.compact(Int(row.capacity), columns: width / 2))",
          nil)
      } pool: { row, _ in
        .text(Numbers.compact(Int(row.capacityUsed), columns: 10), nil)
      },
      render("TICKETS, RUNS", full: "TICKETS AND RUNS", least: 14, most: 50, importance: 9, isRight: false) { row, _ in
        .text(row.running.map(\.description).joined(separator: " "), theme[.muted])
      } pool: { row, own in
        .text(TreeText.tickets(row, own), nil)
      },
      render("SERVICES", least: 12, most: 30, importance: 2, isRight: false) { _, _ in
        .text("", nil)
      } pool: { _, own in
        .text(TreeText.services(own), theme[.muted])
      },
      render("PRI", least: 3, most: 4, importance: 1) { row, _ in
        .text("\(row.priority)", theme[.muted])
      } pool: { row, _ in
        .text("\(row.effectivePriority)", theme[.muted])
      },
    ]
  }
}

/// What rows of trees say.
struct TreeText {
  let symbols: Symbols
  init(_ symbols: Symbols) { self.symbols = symbols }

  /// Two columns a level, and whether it is open.
  func name(_ row: TreeRow) -> String {
    let indent = String(repeating: "  ", count: min(row.depth, 32))
    guard let path = row.path else { return indent + "  " + row.rowName }
    let last = path == "/" ? path : path.split(separator: "/").last.map(String.init) ?? path
    return indent + (row.isOpen ? symbols.open : symbols.closed) + " " + last
  }

  /// `█████░░ 93%`, in ten columns.
  func gauge(_ percent: Int32) -> String {
    let cells = 5
    let full = min(cells, max(0, (Int(percent) * cells + 50) / 100))
    let bar = String(repeating: symbols.gauge.full, count: full) + String(repeating: symbols.gauge.empty, count: cells - full)
    let number = "\(percent)%"
    return bar + String(repeating: " ", count: max(1, 5 - number.utf8.count)) + number
  }

  /// `NUKE 3/20`: in use and there.
  static func tickets(_ row: PoolSummary, _ own: JSONObject) -> String {
    let there = own["tickets_pool"]?.object?.members ?? []
    var parts = there.map { member in
      let count = member.value.integer ?? member.value.array?.first?.integer ?? 0
      return "\(member.key) \(row.ticketsUsed[member.key] ?? 0)/\(count)"
    }
    for (name, used) in row.ticketsUsed.sorted(by: { $0.key < $1.key }) where !there.contains(where: { $0.key == name }) {
      parts.append("\(name) \(used)")
    }
    return parts.joined(separator: " ")
  }

  /// Which are allowed, and which not.
  static func services(_ own: JSONObject) -> String {
    let allowed = own["services"]?.array?.compactMap(\.string) ?? []
    let disabled = own["services_disabled"]?.array?.compactMap(\.string) ?? []
    return (allowed + disabled.map { "no \($0)" }).joined(separator: " ")
  }
}
