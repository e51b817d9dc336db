import Model
import Text

/// A user, with what is set on it.
struct UserRow {
  var summary: UserSummary
  var parameters: JSONObject
}

/// Users as people and as programs see them.
enum UserPresentation {
  static func table(_ rows: [UserRow]) -> Table {
    var table = Table([
      .init("NAME", minimum: 8), .init("JOBS", .right), .init("RUNNING TASKS", .right), .init("PRI", .right, dropRank: 1),
    ])
    for row in rows {
      table.add([
        .init(row.summary.name), .init("\(row.summary.jobs)"), Cells.count(row.summary.running, .running),
        .init("\(row.parameters["priority"]?.integer ?? Int64(Limits.defaultPriority))"),
      ])
    }
    return table
  }

  /// Keys of sections 1.3 and 1.13.
  static func json(_ row: UserRow) -> JSONObject {
    var object: JSONObject = [
      "name": .string(row.summary.name), "jobs_num": .integer(Int64(row.summary.jobs)),
      "running_tasks_num": .integer(Int64(row.summary.running)),
    ]
    for (key, value) in row.parameters.members { object[key] = value }
    return object
  }

  static func lines(_ row: UserRow) -> [String] {
    Facts.lines([
      ("user", row.summary.name), ("jobs", "\(row.summary.jobs)"), ("tasks", "\(row.summary.running) running"),
    ]) + NodePresentation.section(row.parameters, Parameters.user)
  }
}
