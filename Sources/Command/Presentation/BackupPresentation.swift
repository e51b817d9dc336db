import Model
import Text
import Wire

/// Backups, for people and for programs.
enum BackupPresentation {
  /// `1.2 MiB, 12 jobs, 300 tasks with a history, 4 renders, 2 users`
  static func line(bytes: Int, _ end: WireArchiveEnd) -> String {
    [
      Format.size(bytes: Int64(bytes)), Format.count(end.jobs, "job"),
      Format.count(end.tasks, "task with a history", plural: "tasks with a history"), Format.count(end.renders, "render"),
      Format.count(end.users, "user"),
    ].joined(separator: ", ")
  }

  static func json(file: String, bytes: Int, _ end: WireArchiveEnd) -> JSONObject {
    [
      "backup": .object([
        "file": .string(file), "bytes": .integer(Int64(bytes)), "jobs": .integer(Int64(clamping: end.jobs)),
        "tasks": .integer(Int64(clamping: end.tasks)), "runs": .integer(Int64(clamping: end.runs)),
        "renders": .integer(Int64(clamping: end.renders)), "users": .integer(Int64(clamping: end.users)),
      ])
    ]
  }

  static func json(_ restored: WireRestored) -> JSONObject {
    ["jobs": .integer(Int64(clamping: restored.jobs)), "tasks": .integer(Int64(clamping: restored.tasks))]
  }

  /// `Replace all that farm at localhost:51000 keeps (12 jobs, …) by the backup of 2026-11-22 03:00:12 (10 jobs, …)? [y/N] `
  static func question(_ backup: CheckedBackup, _ plan: WireRestorePlan, server: String, _ call: Call) -> String {
    let there = [
      Format.count(plan.jobs, "job"), Format.count(plan.tasksRunning, "running task"), Format.count(plan.renders, "render"),
    ].joined(separator: ", ")
    let time = TimeText.local(microseconds: backup.header.time)
    let origin = backup.header.serverName.isEmpty ? "" : " of \(Sanitize.line(backup.header.serverName))"
    return """
      Replace all that \(Sanitize.line(server)) at \(call.address) keeps (\(there)) by the backup\(origin) from \(time) \
      (\(line(bytes: backup.size, backup.end)))? [y/N] \

      """
  }
}
