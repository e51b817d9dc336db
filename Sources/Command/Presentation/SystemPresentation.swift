import Model
import Text

/// What the system job has to do.
enum SystemPresentation {
  static func table(_ blocks: [SystemBlockSummary]) -> Table {
    var table = Table([
      .init("BLOCK"), .init("SERVICE", minimum: 8, dropRank: 3), .init("WAITING", .right), .init("READY", .right),
      .init("RUNNING", .right), .init("RETRYING", .right), .init("DONE", .right, dropRank: 2), .init("FAILED", .right, dropRank: 1),
      .init("RENDERS", .right),
    ])
    for row in blocks {
      table.add([
        .init(row.block.name), .init(row.service), .init("\(row.waiting)", row.waiting > 0 ? .waiting : nil), .init("\(row.ready)"),
        .init("\(row.running)", row.running > 0 ? .running : nil), .init("\(row.retrying)", row.retrying > 0 ? .error : nil),
        .init("\(row.done)"), .init("\(row.failed)", row.failed > 0 ? .error : nil),
        .init("\(row.renders)", row.renders == 0 && row.pending > 0 ? .error : nil),
      ])
    }
    return table
  }

  /// A sentence for each block whose commands nobody will run as things stand.
  static func complaints(_ blocks: [SystemBlockSummary]) -> [String] {
    blocks.filter { $0.pending > 0 && $0.renders == 0 }.map { row in
      "\(row.block.name): \(Format.count(row.pending, "command")) \(row.pending == 1 ? "waits" : "wait"), and no render is online "
        + "that offers the service \"\(Sanitize.line(row.service))\" (see 'reeve explain 1 \(row.block.name)')"
    }
  }

  static func table(_ rows: [SystemTaskSummary], now: Instant) -> Table {
    var table = Table([
      .init("TASK", .right), .init("STATE", minimum: 7), .init("AGE", .right, dropRank: 5), .init("USER", minimum: 6, dropRank: 3),
      .init("JOB", minimum: 8, dropRank: 2), .init("COMMAND", minimum: 20), .init("STARTS", .right, dropRank: 6),
      .init("ERR", .right, dropRank: 4), .init("RENDER", minimum: 8, dropRank: 1), .init("REMARK", minimum: 12, dropRank: 7),
    ])
    for row in rows {
      table.add([
        .init(row.key.map { "\($0.task)" } ?? "-"), state(row), .init(Cells.span(row.command.created, .never, now: now)),
        .init(row.command.user), .init(row.command.jobName), .init(text(row.command)), .init("\(row.starts)"),
        Cells.count(row.errors, .error), .init(row.render.isEmpty ? "-" : row.render), .init(row.reason),
      ])
    }
    return table
  }

  private static func state(_ row: SystemTaskSummary) -> Table.Cell {
    guard row.key != nil else { return .init("waits", .waiting) }
    return Cells.state(StateBits(row.phase, []))
  }

  /// Of an event its name: its data is long.
  private static func text(_ command: SystemCommand) -> String {
    command.kind == .event ? command.taskName : command.text
  }

  /// - Parameter tasks: nil: they were not asked for.
  static func json(_ blocks: [SystemBlockSummary], _ tasks: [SystemTaskSummary]?) -> JSONValue {
    var object: JSONObject = [
      "blocks": .array(
        blocks.map { row in
          .object([
            "block_num": .integer(Int64(row.block.rawValue)), "name": .string(row.block.name), "service": .string(row.service),
            "waiting": .integer(Int64(row.waiting)), "ready": .integer(Int64(row.ready)), "running": .integer(Int64(row.running)),
            "retrying": .integer(Int64(row.retrying)), "done": .integer(row.done), "failed": .integer(row.failed),
            "renders": .integer(Int64(row.renders)),
          ])
        })
    ]
    if let tasks { object["commands"] = .array(tasks.map { .object(json($0)) }) }
    return .object(["sysjob": .object(object)])
  }

  private static func json(_ row: SystemTaskSummary) -> JSONObject {
    [
      "number": .integer(Int64(clamping: row.command.number)), "task_num": row.key.map { .integer(Int64($0.task.value)) } ?? .null,
      "kind": .string("\(row.command.kind)"), "state": .string(row.key == nil ? "" : StateBits(row.phase, []).text),
      "user_name": .string(row.command.user), "job_name": .string(row.command.jobName), "name": .string(row.command.taskName),
      "command": .string(row.command.text), "working_directory": .string(row.command.workingDirectory),
      "time_creation": Cells.time(row.command.created),
      "job_id": row.command.job.map { .integer(Int64($0.value)) } ?? .null, "str": .integer(Int64(row.starts)),
      "err": .integer(Int64(row.errors)), "hst": .string(row.render), "reason": .string(row.reason),
    ]
  }

  /// Lines of the job's journal, oldest first: what a command printed stands below its line.
  static func journal(_ rows: [JournalEntry], time: (Instant) -> String = Cells.local) -> [String] {
    rows.flatMap { row in
      let lines = row.info.split(separator: "\n", omittingEmptySubsequences: false).map { Sanitize.line($0) }
      return ["\(time(row.time))  \(Sanitize.line(row.type)): \(lines.first ?? "")"] + lines.dropFirst().map { "    " + $0 }
    }
  }
}

extension SystemBlockSummary {
  /// Commands that are not done.
  var pending: Int { waiting + ready + running + retrying }
}
