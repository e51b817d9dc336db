import Model
import Text

/// One job in full: its row, its blocks, and the document it was made from.
struct JobDetail {
  var row: JobSummary
  var blocks: [BlockSummary]
  /// Afanasy's keys; null when the server gave none that can be read.
  var document: JSONValue
  /// When it will be done; nil: not asked for, or nobody knows.
  var forecast: Forecast?
  var explanation: Explanation?

  /// The document, with what the server computed beside what was asked for: `{"job": {…, "blocks": […]}}`.
  var json: JSONValue {
    var job = document["job"]?.object ?? JSONObject()
    let given = job["blocks"]?.array ?? []
    job["blocks"] = nil
    for (key, value) in JobPresentation.json(row).members where key != "annotation" || !row.annotation.isEmpty { job[key] = value }
    if let forecast {
      job["time_eta"] = Cells.time(forecast.likely)
      job["time_eta_early"] = Cells.time(forecast.early)
      job["time_eta_late"] = Cells.time(forecast.late)
    }
    if let explanation { job["explanation"] = .string(ExplanationPresentation.brief(explanation)) }
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
    if let forecast, row.done == .never { facts.append(("expected", ForecastPresentation.text(forecast, now: now, time: time))) }
    if let explanation, row.done == .never { facts.append(("why", ExplanationPresentation.brief(explanation))) }
    if !row.annotation.isEmpty { facts.append(("annotation", row.annotation)) }
    for (key, value) in document["job"]?.object?.members ?? [] where !Self.shownOfJob.contains(key) {
      facts.append((key, NodePresentation.text(value)))
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
    for (key, value) in block.object?.members ?? [] where !Self.shownOfBlock.contains(key) {
      facts.append((key, NodePresentation.text(value)))
    }
    return facts
  }

  // Documents say what is not as it is by default; of that, these are shown elsewhere.
  private static let shownOfJob: Set<String> = ["name", "user_name", "priority", "offline", "blocks", "annotation"]
  private static let shownOfBlock: Set<String> = [
    "name", "service", "capacity", "flags", "frame_first", "frame_last", "frames_per_task", "frames_inc", "tasks",
  ]
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
