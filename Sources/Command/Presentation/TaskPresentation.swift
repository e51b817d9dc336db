import Model
import Text

/// Tasks of a job.
enum TaskPresentation {
  static let columns: [Table.Column] = [
    .init("BLOCK", .right), .init("TASK", .right), .init("NAME", minimum: 8), .init("STATE", minimum: 7),
    .init("%", .right, dropRank: 2),
    .init("STARTS", .right, dropRank: 6), .init("ERR", .right, dropRank: 5), .init("RENDER", minimum: 8, dropRank: 3),
    .init("TIME", .right, dropRank: 4), .init("REMARK", minimum: 20, dropRank: 1),
  ]

  static func table(_ rows: [TaskSummary], now: Instant) -> Table {
    var table = Table(columns)
    for row in rows {
      table.add([
        .init("\(row.key.block)"), .init("\(row.key.task)"), .init(row.name), Cells.state(row.state),
        .init(row.phase.isFinished ? "100" : row.percent < 0 ? "-" : "\(row.percent)"), .init("\(row.starts)"),
        Cells.count(row.errors, .error), .init(row.render.isEmpty ? "-" : row.render),
        .init(Cells.span(row.started, row.phase.isOut ? .never : row.finished, now: now)),
        .init(row.phase == .running || row.reason.isEmpty ? row.activity : row.reason),
      ])
    }
    return table
  }

  /// Keys of section 1.7; the place in the farm by the keys of section 1.8.
  static func json(_ row: TaskSummary) -> JSONObject {
    var object: JSONObject = [
      "job_id": .integer(Int64(row.key.job.value)), "block_num": .integer(Int64(row.key.block.value)),
      "task_num": .integer(Int64(row.key.task.value)), "name": .string(row.name),
    ]
    for (key, value) in progress(row).members { object[key] = value }
    return object
  }

  static func progress(_ row: TaskSummary) -> JSONObject {
    [
      "st": .integer(Int64(row.state.rawValue)), "state": .string(row.state.text), "per": .integer(Int64(row.percent)),
      "frm": .integer(Int64(row.frame)), "str": .integer(Int64(row.starts)), "err": .integer(Int64(row.errors)),
      "tst": Cells.time(row.started), "tdn": Cells.time(row.finished), "hst": .string(row.render), "act": .string(row.activity),
      "reason": .string(row.reason),
    ]
  }

  /// The shape of Afanasy's `TOutput` (section 9.8).
  static func output(_ row: TaskSummary?, text: String) -> JSONValue {
    var task: JSONObject = ["type": .string("TOutput")]
    if let row {
      task["task_name"] = .string(row.name)
      task["pos"] = .object([
        "job": .integer(Int64(row.key.job.value)), "block": .integer(Int64(row.key.block.value)),
        "task": .integer(Int64(row.key.task.value)),
      ])
      task["progress"] = .object(progress(row))
    }
    task["data"] = .string(text)
    return .object(["task": .object(task)])
  }
}
