/// Why something does not run, or why it does (`reeve explain`).
public struct Explanation: Hashable, Sendable {
  /// What is explained: `job 14 "shot010"`, `job 14 block "render"`, `task 14[0][7]`.
  public var subject: String
  /// One sentence: `waits for 1 other job`, `runs on 3 renders`, `could start on 2 renders at once`.
  public var verdict: String
  /// What holds it, the outermost first.
  public var rules: [Rule]

  /// A rule that holds something, with the way out where there is one.
  public struct Rule: Hashable, Sendable {
    /// Which parameter or state decides: `time_wait`, `depend_mask`, `hosts_mask`, `tickets`, `nimby`, `capacity`…
    public var key: String
    /// Whose it is: `branch /film`, `user ann`, `job 14`, `block render`, `render r01`, `pool /farm`, `farm`.
    public var node: String
    /// For people: `12 renders are nimby`, `20 of 20 NUKE are in use by jobs 14, 17`.
    public var text: String
    /// Renders that this rule, as the first in order, excludes; -1: it holds whatever the render.
    public var renders: Int32
    public init(key: String, node: String, text: String, renders: Int32 = -1) {
      self.key = key
      self.node = node
      self.text = text
      self.renders = renders
    }
  }

  public init(subject: String, verdict: String, rules: [Rule] = []) {
    self.subject = subject
    self.verdict = verdict
    self.rules = rules
  }
}

/// When a job is expected to be done.
public struct Forecast: Hashable, Sendable {
  public var job: JobID
  /// `never`: not within the horizon, or nothing is known; `reason` says which.
  public var likely: Instant
  /// Should tasks take as little, or as much, as they did at their best or worst.
  public var early: Instant
  public var late: Instant
  public var reason: String
  public init(job: JobID, likely: Instant, early: Instant, late: Instant, reason: String = "") {
    self.job = job
    self.likely = likely
    self.early = early
    self.late = late
    self.reason = reason
  }
}
