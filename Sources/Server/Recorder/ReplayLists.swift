import Model
import Scheduler
import Text

/// A farm of the past as lists: for people, and with Afanasy's keys for programs.
enum ReplayLists {
  enum List {
    case jobs
    case renders
    case tasks(JobID)
  }

  /// - Throws: `Failure(.notFound)` when there was no such job.
  static func text(_ list: List, _ farm: Farm, wantsJSON: Bool) throws(Failure) -> String {
    switch list {
    case .jobs:
      let rows = farm.jobIDs(limit: .max).compactMap { farm.jobRow($0) }
      return wantsJSON ? json("jobs", rows.map(object)) : jobs(rows)
    case .renders:
      let rows = farm.renderIDs().compactMap { farm.render($0) }
      return wantsJSON ? json("renders", rows.map(object)) : renders(rows)
    case .tasks(let job):
      guard farm.spec(job) != nil else { throw .noSuchJob(job) }
      let rows = farm.tasks(of: job, block: nil, state: [], after: nil, limit: .max).rows
      return wantsJSON ? json("tasks", rows.map(object)) : tasks(rows)
    }
  }

  private static func json(_ key: String, _ objects: [JSONObject]) -> String {
    JSONValue.object([key: .array(objects.map(JSONValue.object))]).text() + "\n"
  }

  private static func lines(_ table: Table) -> String { table.lines().joined(separator: "\n") + "\n" }

  private static func time(_ instant: Instant) -> String {
    instant == .never ? "-" : TimeText.local(microseconds: instant.microseconds)
  }

  private static func stamp(_ instant: Instant) -> JSONValue {
    instant == .never ? .null : .string(TimeText.rfc3339(microseconds: instant.microseconds))
  }

  private static func jobs(_ rows: [JobSummary]) -> String {
    var table = Table([
      .init("ID", .right), .init("NAME"), .init("USER"), .init("STATE"), .init("%", .right), .init("TASKS", .right),
      .init("RUN", .right), .init("ERR", .right), .init("PRI", .right), .init("STARTED"), .init("DONE"),
    ])
    for row in rows {
      let counts = row.counts
      table.add([
        .init("\(row.id)"), .init(row.name), .init(row.user), .init(row.state.text), .init("\(counts.percent)"),
        .init("\(counts.finished)/\(counts.total)"), .init("\(counts.running)"), .init("\(counts.error)"), .init("\(row.priority)"),
        .init(time(row.started)), .init(time(row.done)),
      ])
    }
    return lines(table)
  }

  private static func renders(_ rows: [RenderSummary]) -> String {
    var table = Table([
      .init("NAME"), .init("STATE"), .init("USER"), .init("TASKS", .right), .init("CAPACITY", .right), .init("PRI", .right),
      .init("ADDRESS"), .init("RUNS"),
    ])
    for row in rows {
      let runs = row.running.map(\.description).joined(separator: " ")
      table.add([
        .init(row.name), .init(row.state.text), .init(row.user), .init("\(row.running.count)/\(row.maxTasks)"),
        .init("\(row.capacityUsed)/\(row.capacity)"), .init("\(row.priority)"), .init(row.address.isEmpty ? "-" : row.address),
        .init(runs.isEmpty ? "-" : runs),
      ])
    }
    return lines(table)
  }

  private static func tasks(_ rows: [TaskSummary]) -> String {
    var table = Table([
      .init("BLOCK", .right), .init("TASK", .right), .init("NAME"), .init("STATE"), .init("%", .right), .init("STARTS", .right),
      .init("ERR", .right), .init("RENDER"), .init("STARTED"), .init("FINISHED"), .init("REASON"),
    ])
    for row in rows {
      table.add([
        .init("\(row.key.block)"), .init("\(row.key.task)"), .init(row.name), .init(StateBits(row.phase, row.flags).text),
        .init(row.percent < 0 ? "-" : "\(row.percent)"), .init("\(row.starts)"), .init("\(row.errors)"),
        .init(row.render.isEmpty ? "-" : row.render), .init(time(row.started)), .init(time(row.ended)), .init(row.reason),
      ])
    }
    return lines(table)
  }

  private static func object(_ row: JobSummary) -> JSONObject {
    let counts = row.counts
    return [
      "id": .integer(Int64(row.id.value)), "name": .string(row.name), "user_name": .string(row.user),
      "priority": .integer(Int64(row.priority)), "st": .integer(Int64(row.state.rawValue)), "state": .string(row.state.text),
      "time_creation": stamp(row.created), "time_started": stamp(row.started), "time_done": stamp(row.done),
      "p_percentage": .integer(Int64(counts.percent)), "tasks_num": .integer(Int64(counts.total)),
      "tasks_ready": .integer(Int64(counts.ready)), "running_tasks_num": .integer(Int64(counts.running)),
      "tasks_done": .integer(Int64(counts.done)), "tasks_skipped": .integer(Int64(counts.skipped)),
      "tasks_error": .integer(Int64(counts.error)), "branch": .string(row.branch),
    ]
  }

  private static func object(_ row: RenderSummary) -> JSONObject {
    [
      "id": .integer(Int64(row.id.value)), "name": .string(row.name), "user_name": .string(row.user),
      "priority": .integer(Int64(row.priority)), "st": .integer(Int64(row.state.rawValue)), "state": .string(row.state.text),
      "capacity_host": .integer(Int64(row.capacity)), "capacity_used": .integer(Int64(row.capacityUsed)),
      "max_tasks_host": .integer(Int64(row.maxTasks)),
      "tasks": .array(
        row.running.map { key in
          .object([
            "job_id": .integer(Int64(key.job.value)), "block_num": .integer(Int64(key.block.value)),
            "task_num": .integer(Int64(key.task.value)),
          ])
        }), "address": .object(["ip": .string(row.address)]),
    ]
  }

  private static func object(_ row: TaskSummary) -> JSONObject {
    [
      "block_num": .integer(Int64(row.key.block.value)), "task_num": .integer(Int64(row.key.task.value)), "name": .string(row.name),
      "state": .string(StateBits(row.phase, row.flags).text), "per": .integer(Int64(row.percent)),
      "str": .integer(Int64(row.starts)), "err": .integer(Int64(row.errors)), "hst": .string(row.render),
      "tst": stamp(row.started), "tdn": stamp(row.ended), "reason": .string(row.reason),
    ]
  }
}

extension TaskSummary {
  /// While it runs there is none: the last sign of it is not taken down.
  fileprivate var ended: Instant { phase.isOut ? .never : finished }
}
