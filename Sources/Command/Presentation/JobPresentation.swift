import Model
import Text

/// Jobs as people and as programs see them.
enum JobPresentation {
  static let columns: [Table.Column] = [
    .init("ID", .right), .init("NAME", minimum: 12), .init("USER", minimum: 6, dropRank: 5), .init("STATE", minimum: 7),
    .init("%", .right), .init("TASKS", .right, dropRank: 3), .init("RUN", .right, dropRank: 6), .init("ERR", .right, dropRank: 2),
    .init("PRI", .right, dropRank: 7), .init("TIME", .right, dropRank: 4), .init("BRANCH", dropRank: 8),
  ]

  static func table(_ rows: [JobSummary], now: Instant) -> Table {
    var table = Table(columns)
    for row in rows {
      let counts = row.counts
      table.add([
        .init("\(row.id)"), .init(row.name), .init(row.user), Cells.state(row.state), .init("\(counts.percent)"),
        .init("\(counts.finished)/\(counts.total)"), Cells.count(counts.running, .running), Cells.count(counts.error, .error),
        .init("\(row.priority)"), .init(Cells.span(row.started, row.done, now: now)),
        .init(row.branch.isEmpty ? "-" : row.branch),
      ])
    }
    return table
  }

  /// Keys of sections 1.2 to 1.4; `tasks_…` in the style of `tasks_ready`.
  static func json(_ row: JobSummary) -> JSONObject {
    let counts = row.counts
    var object: JSONObject = [
      "id": .integer(Int64(row.id.value)), "name": .string(row.name), "user_name": .string(row.user),
      "priority": .integer(Int64(row.priority)), "st": .integer(Int64(row.state.rawValue)), "state": .string(row.state.text),
      "annotation": .string(row.annotation), "time_creation": Cells.time(row.created), "time_started": Cells.time(row.started),
      "time_done": Cells.time(row.done), "blocks_num": .integer(Int64(row.blockCount)),
      "p_percentage": .integer(Int64(counts.percent)),
      "tasks_num": .integer(Int64(counts.total)), "tasks_ready": .integer(Int64(counts.ready)),
      "running_tasks_num": .integer(Int64(counts.running)), "tasks_done": .integer(Int64(counts.done)),
      "tasks_skipped": .integer(Int64(counts.skipped)), "tasks_error": .integer(Int64(counts.error)),
      "tasks_error_ready": .integer(Int64(counts.errorReady)), "tasks_waitdep": .integer(Int64(counts.waitingDependency)),
      "tasks_waitrec": .integer(Int64(counts.waitingReconnect)), "tasks_suspended": .integer(Int64(counts.suspended)),
      "tasks_warning": .integer(Int64(counts.warning)), "p_progressbar": .string(row.progressBar),
    ]
    if !row.branch.isEmpty { object["branch"] = .string(row.branch) }
    return object
  }

  /// `12 of 24 done, 2 running, 1 error`: what there is any of.
  static func counts(_ counts: TaskCounts) -> String {
    let parts: [(Int32, String)] = [
      (counts.skipped, "skipped"), (counts.running, "running"), (counts.ready, "ready"), (counts.errorReady, "to be tried again"),
      (counts.waitingDependency, "waiting"), (counts.waitingReconnect, "waiting for their render"), (counts.error, "failed"),
      (counts.suspended, "suspended"), (counts.warning, "with warnings"),
    ]
    return (["\(counts.finished) of \(counts.total) done"] + parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }).joined(
      separator: ", ")
  }
}
