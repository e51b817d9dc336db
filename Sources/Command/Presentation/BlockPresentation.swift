import Model
import Text

/// Blocks of a job.
enum BlockPresentation {
  static let columns: [Table.Column] = [
    .init("BLOCK", .right), .init("NAME", minimum: 8), .init("SERVICE", minimum: 6, dropRank: 4), .init("STATE", minimum: 7),
    .init("%", .right), .init("TASKS", .right, dropRank: 2), .init("RUN", .right, dropRank: 5), .init("ERR", .right, dropRank: 1),
    .init("CAPACITY", .right, dropRank: 6), .init("TIME", .right, dropRank: 3),
  ]

  static func table(_ rows: [BlockSummary], now: Instant) -> Table {
    var table = Table(columns)
    for row in rows {
      table.add([
        .init("\(row.block)"), .init(row.name), .init(row.service), Cells.state(row.state), .init("\(row.counts.percent)"),
        .init("\(row.counts.finished)/\(row.counts.total)"), Cells.count(row.counts.running, .running),
        Cells.count(row.counts.error, .error), .init("\(row.capacity)"), .init(Cells.span(row.started, row.done, now: now)),
      ])
    }
    return table
  }

  /// Computed keys of section 1.5.
  static func json(_ row: BlockSummary) -> JSONObject {
    let counts = row.counts
    return [
      "block_num": .integer(Int64(row.block.value)), "job_id": .integer(Int64(row.job.value)), "name": .string(row.name),
      "service": .string(row.service), "capacity": .integer(Int64(row.capacity)), "st": .integer(Int64(row.state.rawValue)),
      "state": .string(row.state.text), "tasks_num": .integer(Int64(counts.total)),
      "running_tasks_counter": .integer(Int64(counts.running)), "p_percentage": .integer(Int64(counts.percent)),
      "p_tasks_ready": .integer(Int64(counts.ready)), "p_tasks_done": .integer(Int64(counts.done)),
      "p_tasks_error": .integer(Int64(counts.error)), "p_tasks_skipped": .integer(Int64(counts.skipped)),
      "p_tasks_warning": .integer(Int64(counts.warning)), "p_tasks_waitrec": .integer(Int64(counts.waitingReconnect)),
      "p_tasks_waitdep": .integer(Int64(counts.waitingDependency)), "p_tasks_suspended": .integer(Int64(counts.suspended)),
      "p_errors": .integer(Int64(row.errors)), "p_tasks_run_time_sum": .integer(row.runSeconds),
      "time_started": Cells.time(row.started), "time_done": Cells.time(row.done),
    ]
  }
}
