import Model
import Text

/// Users as people and as programs see them.
enum UserPresentation {
  static func table(_ rows: [UserSummary]) -> Table {
    var table = Table([.init("NAME", minimum: 8), .init("JOBS", .right), .init("RUNNING TASKS", .right)])
    for row in rows { table.add([.init(row.name), .init("\(row.jobs)"), Cells.count(row.running, .running)]) }
    return table
  }

  /// Keys of sections 1.3 and 1.13.
  static func json(_ row: UserSummary) -> JSONObject {
    ["name": .string(row.name), "jobs_num": .integer(Int64(row.jobs)), "running_tasks_num": .integer(Int64(row.running))]
  }
}
