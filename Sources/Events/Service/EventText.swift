import Model
import Text

/// What people read of an event: a subject, a line, and a page. Names come from anybody; what moves cursors or ends lines is made
/// visible in all three.
struct EventText: Sendable {
  private static let blocksLimit = 30
  private static let resourcesLimit = 60
  private static let nameCharacters = 200

  /// `JOB_DONE, JOB_ERROR - film`.
  let subject: String
  /// One line: how far it is, or on which render.
  let summary: String
  let body: String

  init(_ event: EventDocument, events: [String]) {
    let names = events.map(Self.line).joined(separator: ", ")
    subject = "\(names) - \(Self.line(event.subject))"
    let job = event.render == nil ? event.job : nil
    var lines = ["Events: \(names)", ""]
    if let job { Self.add(job: job, to: &lines) }
    if let user = event.user?["name"]?.string { lines += ["User: \(Self.line(user))"] }
    if let render = event.render { Self.add(render: render, event, to: &lines) }
    lines += ["", "-- ", "Reeve"]
    body = lines.joined(separator: "\n") + "\n"
    if let render = event.render {
      summary = "render \(Self.name(render))" + (Self.state(render).map { ", \($0)" } ?? "")
    } else if let job {
      summary = "job \(Self.name(job))" + (Self.state(job).map { ", \($0)" } ?? "")
    } else {
      summary = names
    }
  }

  static func line(_ text: String) -> String { Sanitize.line(text.prefix(nameCharacters)) }
  private static func name(_ object: JSONObject) -> String { line(object["name"]?.string ?? "?") }
  private static func state(_ object: JSONObject) -> String? {
    object["state"]?.string.map { line($0).split(separator: " ").joined(separator: " ") }
  }

  private static func number(_ object: JSONObject, _ key: String) -> Int64 { object[key]?.integer ?? 0 }

  private static func add(job: JSONObject, to lines: inout [String]) {
    lines.append("Job: \(name(job))" + (job["id"]?.integer.map { " (\($0))" } ?? ""))
    if let state = state(job) { lines.append("State: \(state)") }
    for key in ["branch", "project", "department", "description", "annotation", "report"] {
      guard let text = job[key]?.string, !text.isEmpty else { continue }
      lines.append("\(key.prefix(1).uppercased())\(key.dropFirst()): \(line(text))")
    }
    let blocks = (job["blocks"]?.array ?? []).compactMap(\.object)
    if !blocks.isEmpty { lines.append("Blocks:") }
    for block in blocks.prefix(blocksLimit) {
      var text = "  \(name(block))"
      if let service = block["service"]?.string, !service.isEmpty { text += " (\(line(service)))" }
      if let percent = block["p_percentage"]?.integer { text += ": \(percent)%" }
      let done = number(block, "p_tasks_done")
      text += ", \(done) of \(number(block, "tasks_num")) tasks done"
      if number(block, "p_tasks_error") > 0 { text += ", \(number(block, "p_tasks_error")) with errors" }
      lines.append(text)
    }
    if blocks.count > blocksLimit { lines.append("  and \(blocks.count - blocksLimit) more") }
  }

  private static func add(render: JSONObject, _ event: EventDocument, to lines: inout [String]) {
    lines.append("Render: \(name(render))")
    if let state = state(render) { lines.append("State: \(state)") }
    if let pool = render["pool"]?.string { lines.append("Pool: \(line(pool))") }
    guard let resources = (event.root["host_resources"] ?? render["host_resources"])?.object else { return }
    lines.append("Resources:")
    for (key, value) in resources.members.prefix(resourcesLimit) {
      switch value {
      case .string(let text): lines.append("  \(line(key)): \(line(text))")
      case .integer, .number, .bool: lines.append("  \(line(key)): \(value.text())")
      case .array, .object, .null: break
      }
    }
  }
}
