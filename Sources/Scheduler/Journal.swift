import Model

extension Farm {
  /// Writes a line of a node's log (reference/afanasy.md section 2.6).
  ///
  /// - Parameters:
  ///   - type: the kind of node and what happened to it, as `jobs restart-errors`.
  ///   - object: `job 14`, `pool /farm`, `render r01`…
  ///   - actor: nil: the farm itself.
  mutating func journal(_ type: String, _ object: String, _ info: String, by actor: Actor? = nil) {
    let (number, reservation) = counters.nextJournal()
    if let reservation { store(reservation) }
    store(
      .journal(
        JournalEntry(number: number, time: now, subject: actor?.description ?? "reeve", type: type, object: object, info: info)))
  }
}
