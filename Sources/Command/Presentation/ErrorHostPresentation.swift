import Model
import Text

/// On which renders a job's tasks failed.
enum ErrorHostPresentation {
  static func table(_ rows: [ErrorHost], time: (Instant) -> String = Cells.local) -> Table {
    var table = Table([
      .init("BLOCK", .right), .init("TASK", .right), .init("RENDER", minimum: 8), .init("ERRORS", .right), .init("AVOIDED"),
      .init("LAST", dropRank: 1), .init("FORGIVEN", dropRank: 2),
    ])
    for row in rows {
      table.add([
        .init("\(row.block)"), .init(row.task.map { "\($0)" } ?? "-"), .init(row.name), .init("\(row.errors)"),
        .init(row.isAvoided ? "yes" : "-", row.isAvoided ? .error : nil), .init(time(row.last)),
        .init(row.forgiven == .never ? "-" : time(row.forgiven)),
      ])
    }
    return table
  }

  static func json(_ row: ErrorHost) -> JSONObject {
    [
      "block_num": .integer(Int64(row.block.value)), "task_num": row.task.map { .integer(Int64($0.value)) } ?? .null,
      "render": .string(row.name), "errors": .integer(Int64(row.errors)), "avoided": .bool(row.isAvoided),
      "time_last": Cells.time(row.last), "time_forgiven": Cells.time(row.forgiven),
    ]
  }
}
