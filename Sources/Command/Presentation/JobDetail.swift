import Model
import Text

/// One job in full: its row, its blocks, and the document it was made from.
struct JobDetail {
  var row: JobSummary
  var blocks: [BlockSummary]
  /// Afanasy's keys; null when the server gave none that can be read.
  var document: JSONValue

  /// The document, with what the server computed beside what was asked for: `{"job": {…, "blocks": […]}}`.
  var json: JSONValue {
    var job = document["job"]?.object ?? JSONObject()
    let given = job["blocks"]?.array ?? []
    job["blocks"] = nil
    for (key, value) in JobPresentation.json(row).members where key != "annotation" || !row.annotation.isEmpty { job[key] = value }
    job["blocks"] = .array(
      blocks.map { block in
        var object =
          given.indices.contains(Int(block.block.value)) ? given[Int(block.block.value)].object ?? JSONObject() : JSONObject()
        for (key, value) in BlockPresentation.json(block).members { object[key] = value }
        return .object(object)
      })
    return .object(["job": .object(job)])
  }

  /// - Parameter time: how a moment is shown.
  func lines(width: Int?, colours: Bool, now: Instant, time: (Instant) -> String = Cells.local) -> [String] {
    var facts: [(String, String)] = [
      ("job", "\(row.id)"), ("name", row.name), ("user", row.user), ("state", row.state.isEmpty ? "-" : row.state.text),
      ("priority", "\(row.priority)"), ("tasks", JobPresentation.counts(row.counts)), ("created", time(row.created)),
      ("started", time(row.started)), ("done", time(row.done)), ("time", Cells.span(row.started, row.done, now: now)),
    ]
    if !row.annotation.isEmpty { facts.append(("annotation", row.annotation)) }
    for key in ["description", "host_name", "project", "department"] {
      if let text = document["job"]?[key]?.string, !text.isEmpty { facts.append((key, text)) }
    }
    var lines = Facts.lines(facts)
    lines.append("")
    lines += BlockPresentation.table(blocks, now: now).lines(width: width, colours: colours)
    for (index, block) in (document["job"]?["blocks"]?.array ?? []).enumerated() {
      lines.append("")
      lines += Facts.lines([("block", "\(index)")] + work(block))
    }
    return lines
  }

  private func work(_ block: JSONValue) -> [(String, String)] {
    var facts: [(String, String)] = []
    if let first = block["frame_first"]?.integer, let last = block["frame_last"]?.integer {
      let frames = Frames(
        first: first, last: last, perTask: block["frames_per_task"]?.integer ?? 1, increment: block["frames_inc"]?.integer ?? 1)
      var text = "\(first)-\(last)"
      if frames.perTask != 1 { text += ", \(frames.perTask) in one task" }
      if frames.increment != 1 { text += ", every \(frames.increment)" }
      facts.append(("frames", text))
    }
    for key in ["command", "working_directory", "depend_mask", "tasks_depend_mask", "parser"] {
      if let text = block[key]?.string, !text.isEmpty { facts.append((key, text)) }
    }
    if let files = block["files"]?.array, !files.isEmpty {
      facts.append(("files", files.compactMap(\.string).joined(separator: " ")))
    }
    return facts
  }
}

/// Lines of `name  value`, aligned.
enum Facts {
  /// In full: a command line that is cut would be of no use.
  static func lines(_ facts: [(String, String)]) -> [String] {
    var table = Table([.init(""), .init("")])
    for fact in facts { table.add([.init(fact.0), .init(fact.1)]) }
    return table.lines(header: false)
  }
}
