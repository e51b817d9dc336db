import Model
import Text

/// Everything that is known about a row.
enum InfoText {
  static func lines(_ info: InfoOverlay, _ model: ConsoleModel) -> [DialogLine] {
    switch info.subject {
    case .job(let id):
      let row =
        model.jobs.list.rows.first { $0.id == id } ?? model.job?.job
        ?? model.work.tree.list.rows.lazy.compactMap(\.job).first { $0.id == id }
      return job(info.detail?.job ?? row, info)
    case .block(_, let block):
      guard let row = model.job?.blocks.rows.first(where: { $0.block == block }) else { return gone }
      return self.block(row)
    case .task(let key):
      let held = [model.log?.live, model.log?.task, model.task?.task, model.job?.tasks.rows.first { $0.key == key }]
      guard
        let row = held.compactMap({ $0 }).first(where: { $0.key == key }) ?? model.job?.details.rows.first(where: { $0.key == key })
      else { return gone }
      return task(row, model)
    case .render(let id):
      guard let row = model.render(id) else { return gone }
      return render(row, model)
    case .user(let name):
      guard let row = model.users.list.rows.first(where: { $0.summary.name == name }) else { return gone }
      return [
        line("user", name), line("state", Painter.state(row).word), line("jobs", row.summary.jobs),
        line("tasks", "\(row.summary.running) running"),
      ] + NodeText.lines(row.parameters, Parameters.user)
    case .branch, .pool:
      let rows = model.work.tree.list.rows + model.farmTree.list.rows
      return rows.first { node(info.subject, is: $0) }.map(node) ?? gone
    case .explanation: return ExplanationText.lines(info, model)
    case .line(let row):
      return [
        line("time", Times.moment(row.time)), line("level", "\(row.level)"), line("by", row.who), DialogLine(),
      ] + whole(row.text, model)
    case .run(let run): return self.run(run, model)
    case .command(let number):
      return model.system.list.rows.first { $0.command.number == number }.map(command) ?? gone
    case .serverLine(let number):
      guard let row = model.serverLog.all.last(where: { $0.number == number }) else { return gone }
      return [line("time", Times.moment(row.time)), line("level", row.level), DialogLine()] + whole(row.text, model)
    case .journal(let number):
      guard let row = model.journal.all.last(where: { $0.number == number }) else { return gone }
      return [
        line("number", number), line("time", Times.moment(row.time)), line("who", row.subject), line("what", row.type),
        line("node", row.object), DialogLine(),
      ] + whole(row.info, model)
    case .event(let number):
      guard let row = model.events.all.first(where: { $0.number == number }) else { return gone }
      return [
        line("number", number), line("time", Times.moment(row.time)), line("event", row.name), line("of", row.object),
        line("user", row.user), line("what", row.info), line("event service", row.isSent ? "was asked" : "was not asked"),
      ]
    }
  }

  private static func node(_ subject: InfoOverlay.Subject, is row: TreeRow) -> Bool {
    switch (subject, row.node) {
    case (.branch(let path), .branch(let node)): path == node.path
    case (.pool(let path), .pool(let node)): path == node.path
    default: false
    }
  }

  /// A branch or a pool.
  private static func node(_ row: TreeRow) -> [DialogLine] {
    switch row.node {
    case .branch(let node):
      [
        line("branch", node.path), line("jobs", node.jobs), line("tasks", "\(node.running) running"),
        line("capacity", "\(node.capacityUsed) used"), line("created", Times.moment(node.created)),
      ] + NodeText.lines(row.parameters, Parameters.branch)
    case .pool(let node):
      [
        line("pool", node.path), line("renders", "\(node.renders), \(node.online) online, \(node.busy) busy"),
        line("tasks", "\(node.running) running"), line("capacity", "\(node.capacityUsed) used"),
        line("effective priority", node.effectivePriority), line("tickets", TreeText.tickets(node, row.parameters)),
        line("services", TreeText.services(row.parameters)), line("created", Times.moment(node.created)),
      ] + NodeText.lines(row.parameters, Parameters.pool)
    case .job, .render: []
    }
  }

  private static func command(_ row: SystemTaskSummary) -> [DialogLine] {
    let command = row.command
    return [
      line("number", command.number), line("state", row.key == nil ? "queued" : Painter.word(StateLetter(row.phase, []))),
      line("task", row.key.map(\.description) ?? ""), line("command", command.text), line("folder", command.workingDirectory),
      line("user", command.user), line("job", command.jobName), line("task of it", command.taskName),
      line("since", Times.moment(command.created)), line("starts", row.starts), line("errors", row.errors),
      line("render", row.render), line("reason", row.reason),
    ]
  }

  private static let gone = [DialogLine(left: "It is not there any more.")]

  /// All of a text that no line holds.
  private static func whole(_ text: String, _ model: ConsoleModel) -> [DialogLine] {
    ConfirmLines.wrapped(text, columns: min(96, model.size.columns - 8)).map { DialogLine(left: $0) }
  }

  private static func line(_ left: String, _ right: some CustomStringConvertible) -> DialogLine {
    let text = right.description
    return DialogLine(left: left, right: text.isEmpty ? "-" : text)
  }

  private static func counts(_ counts: TaskCounts) -> [DialogLine] {
    var lines = [line("tasks", counts.total), line("done", "\(counts.done) (\(counts.percent)% with skipped ones)")]
    let rest: [(String, Int32)] = [
      ("running", counts.running), ("ready", counts.ready), ("waiting", counts.waitingDependency), ("errors", counts.error),
      ("trying again", counts.errorReady), ("skipped", counts.skipped), ("suspended", counts.suspended),
      ("reconnecting", counts.waitingReconnect), ("with warnings", counts.warning),
    ]
    for (name, count) in rest where count > 0 { lines.append(line(name, count)) }
    return lines
  }

  private static func job(_ row: JobSummary?, _ info: InfoOverlay) -> [DialogLine] {
    guard let row else { return info.failure.map { [DialogLine(left: $0)] } ?? [DialogLine(left: "loading…")] }
    var lines = [
      line("id", row.id), line("name", row.name), line("user", row.user),
      line("state", "\(StateWords.text(row.state))  (\(row.state.text))"),
      line("priority", row.priority), line("annotation", row.annotation), line("submitted", Times.moment(row.created)),
      line("started", Times.moment(row.started)), line("done", Times.moment(row.done)),
    ]
    if row.started != .never, row.done != .never { lines.append(line("took", Times.text(row.done - row.started))) }
    lines += counts(row.counts)
    lines.append(line("blocks", row.blockCount))
    if let failure = info.failure {
      lines.append(DialogLine(left: "its document: \(failure)"))
    } else if let detail = info.detail {
      for block in detail.blocks {
        lines.append(DialogLine(left: "Block \(block.block) \(block.name)", isHeading: true))
        lines += self.block(block).dropFirst(2)
      }
      lines.append(DialogLine(left: "Document", isHeading: true))
      lines += document(detail.document)
    }
    return lines
  }

  private static func document(_ text: String) -> [DialogLine] {
    // As it is printed for people, if it is what it should be.
    let shown = (try? JSONParser.parse(text))?.text(indented: true) ?? text
    return shown.split(separator: "\n", omittingEmptySubsequences: false).map { DialogLine(left: String($0)) }
  }

  private static func block(_ row: BlockSummary) -> [DialogLine] {
    [
      line("number", row.block), line("name", row.name), line("service", row.service),
      line("state", "\(StateWords.text(row.state))  (\(row.state.text))"), line("capacity of a task", row.capacity),
      line("started", Times.moment(row.started)), line("done", Times.moment(row.done)),
      line("ran, together", Times.text(.seconds(row.runSeconds))),
      line("mean of a task", row.counts.done > 0 ? Times.text(.seconds(row.runSeconds / Int64(row.counts.done))) : "-"),
      line("errors so far", row.errors),
    ] + counts(row.counts)
  }

  private static func task(_ row: TaskSummary, _ model: ConsoleModel) -> [DialogLine] {
    [
      line("task", row.key), line("name", row.name),
      line("state", "\(StateWords.text(StateWords.bits(row)))  (\(row.state.text))"),
      line("percent", row.percent < 0 ? "-" : "\(row.percent)%"), line("frame", row.frame < 0 ? "-" : "\(row.frame)"),
      line("render", row.render), line("starts", row.starts), line("errors", row.errors),
      line("started", Times.moment(row.started)), line(row.phase.isOut ? "last sign" : "finished", Times.moment(row.finished)),
      line("time", Times.run(from: row.started, to: row.phase.isOut ? .never : row.finished, now: model.serverNow)),
      line("activity", row.activity), line("reason", row.reason),
    ]
  }

  private static func run(_ row: TaskRun, _ model: ConsoleModel) -> [DialogLine] {
    [
      line("start", row.start), line("render", row.render), line("result", RunWords.result(row).0),
      line("started", Times.moment(row.started)), line("ended", Times.moment(row.ended)),
      line("took", Times.run(from: row.started, to: row.ended, now: model.serverNow)), line("exit status", RunWords.status(row)),
      line("peak memory", RunWords.memory(row)), line("processor time", RunWords.processor(row)), DialogLine(),
    ] + ConfirmLines.wrapped(RunWords.reason(row), columns: min(96, model.size.columns - 8)).map { DialogLine(left: $0) }
  }

  private static func render(_ row: RenderSummary, _ model: ConsoleModel) -> [DialogLine] {
    let resources = row.resources
    let load = resources.loadHundredths.map(Format.hundredths).joined(separator: "  ")
    var lines = [
      line("name", row.name), line("state", "\(StateWords.text(row.state))  (\(row.state.text))"), line("user", row.user),
      line("priority", row.priority), line("capacity", "\(row.capacityUsed) of \(row.capacity) used"),
      line("tasks", "\(row.running.count) of \(row.maxTasks)"), line("runs", row.running.map(\.description).joined(separator: " ")),
      line(row.state.contains(.busy) ? "busy since" : "free since", Times.moment(row.changed)),
      line("processors", "\(resources.cpuCount) at \(resources.cpuMHz) MHz, \(resources.cpuPercent)% busy"), line("load", load),
      line(
        "memory", "\(Format.size(mebibytes: resources.memoryFreeMB)) free of \(Format.size(mebibytes: resources.memoryTotalMB))"),
      line("swap", "\(Format.size(mebibytes: resources.swapUsedMB)) used of \(Format.size(mebibytes: resources.swapTotalMB))"),
      line("disk", "\(Format.size(gibibytes: resources.diskFreeGB)) free of \(Format.size(gibibytes: resources.diskTotalGB))"),
      line("disk traffic", "\(resources.diskReadKBps) kB/s read, \(resources.diskWriteKBps) kB/s written"),
      line("network", "\(resources.netReceivedKBps) kB/s in, \(resources.netSentKBps) kB/s out"),
    ]
    if resources.gpuPercent >= 0 {
      lines.append(line("GPU", "\(resources.gpuName), \(resources.gpuPercent)% busy"))
      lines.append(
        line(
          "GPU memory",
          "\(Format.size(mebibytes: resources.gpuMemoryUsedMB)) used of \(Format.size(mebibytes: resources.gpuMemoryTotalMB))"))
    }
    lines += [
      line("system", row.os), line("version", row.version), line("address", row.address),
      line("registered", Times.moment(row.registered)),
      line("last sign of life", "\(Times.moment(row.seen))  (\(Times.text(model.serverNow - row.seen)) ago)"),
    ]
    return lines
  }
}
