import Model

/// What is said of a row of a list, in words.
struct PlainRow: Hashable, Sendable {
  struct Fact: Hashable, Sendable {
    /// What it is about; each once in a row.
    var name: String
    var text: String
    /// Not worth a word while it is not news.
    var isQuiet = false
    /// Changes all the time while there is work: it is told now and then only.
    var isProgress = false
  }

  /// What it is known by, whatever is told of it.
  var id: String
  /// As `job 14 “shot_010” of anna`.
  var subject: String
  var facts: [Fact]

  /// All that is worth telling.
  var sentence: String { "\(subject): \(facts.filter { !$0.isQuiet }.map(\.text).joined(separator: "; "))" }

  /// What is another than it was; nil: nothing that is told.
  func change(from old: PlainRow) -> (sentence: String, isProgress: Bool)? {
    var words: [String] = []
    var isProgress = true
    if subject != old.subject {
      words.append("was \(old.subject)")
      isProgress = false
    }
    for fact in facts {
      guard let before = old.facts.first(where: { $0.name == fact.name }), before.text != fact.text else { continue }
      words.append(fact.name == "state" ? "now \(fact.text), was \(before.text)" : fact.text)
      if !fact.isProgress { isProgress = false }
    }
    return words.isEmpty ? nil : ("\(subject): \(words.joined(separator: "; "))", isProgress)
  }
}

extension PlainRow {
  init(_ row: JobSummary) {
    let counts = row.counts
    var facts = [
      Fact(name: "state", text: StateWords.text(row.state)),
      Fact(name: "done", text: "\(counts.done) of \(counts.total) tasks done", isProgress: true),
      Fact(name: "running", text: counts.running == 0 ? "none running" : "\(counts.running) running", isProgress: true),
      Fact(name: "error", text: counts.error == 0 ? "no errors" : counts.error == 1 ? "1 error" : "\(counts.error) errors"),
      Fact(name: "priority", text: "priority \(row.priority)", isQuiet: true),
      Fact(name: "annotation", text: row.annotation.isEmpty ? "no annotation" : "annotation: \(row.annotation)"),
    ]
    facts[2].isQuiet = counts.running == 0
    facts[3].isQuiet = counts.error == 0
    facts[5].isQuiet = row.annotation.isEmpty
    self.init(
      id: "job \(row.id)", subject: "job \(row.id) “\(row.name)” of \(row.user)", facts: facts)
  }

  init(_ row: RenderSummary) {
    let shown = row.running.prefix(3).map { "\($0)" }.joined(separator: ", ")
    let more = row.running.count > 3 ? " and \(row.running.count - 3) more" : ""
    self.init(
      id: "render \(row.id)", subject: "render \(row.name)",
      facts: [
        Fact(name: "state", text: StateWords.text(row.state)),
        Fact(
          name: "running", text: row.running.isEmpty ? "runs nothing" : "runs \(shown)\(more)", isQuiet: row.running.isEmpty,
          isProgress: true),
        Fact(name: "user", text: "used by \(row.user)", isQuiet: true),
        Fact(name: "priority", text: "priority \(row.priority)", isQuiet: true),
      ])
  }

  init(_ row: UserRow) {
    self.init(
      id: "user \(row.summary.name)", subject: "user \(row.summary.name)",
      facts: [
        Self.paused(row.parameters), Self.jobs(Int(row.summary.jobs)), Self.running(Int(row.summary.running)),
      ])
  }

  init(_ row: TreeRow) {
    switch row.node {
    case .job(let job): self.init(job)
    case .render(let render): self.init(render)
    case .branch(let branch):
      self.init(
        id: "branch \(branch.path)", subject: "branch \(branch.path)",
        facts: [Self.paused(row.parameters), Self.jobs(Int(branch.jobs)), Self.running(Int(branch.running))])
    case .pool(let pool):
      self.init(
        id: "pool \(pool.path)", subject: "pool \(pool.path)",
        facts: [
          Self.paused(row.parameters), Fact(name: "renders", text: "\(pool.online) of \(pool.renders) renders online"),
          Self.running(Int(pool.running)),
        ])
    }
  }

  init(_ row: SystemBlockSummary) {
    self.init(
      id: "block \(row.block.name)", subject: "block \(row.block.name) of the system job",
      facts: [
        Fact(name: "waiting", text: "\(row.waiting + row.ready) commands wait", isProgress: true),
        Fact(name: "running", text: "\(row.running) run", isProgress: true),
        Fact(name: "retrying", text: "\(row.retrying) try again", isQuiet: row.retrying == 0),
        Fact(name: "failed", text: "\(row.failed) failed", isQuiet: row.failed == 0),
        Fact(name: "done", text: "\(row.done) done", isProgress: true),
      ])
  }

  private static func paused(_ parameters: JSONObject) -> Fact {
    let isPaused = parameters["paused"]?.bool == true
    return Fact(name: "paused", text: isPaused ? "paused" : "not paused", isQuiet: !isPaused)
  }

  private static func jobs(_ count: Int) -> Fact { Fact(name: "jobs", text: count == 1 ? "1 job" : "\(count) jobs") }

  private static func running(_ count: Int) -> Fact {
    Fact(name: "running", text: count == 0 ? "no tasks running" : "\(count) tasks running", isQuiet: count == 0, isProgress: true)
  }
}
