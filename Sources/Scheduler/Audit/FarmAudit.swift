public import Model

/// The farm's books, counted anew: all that it keeps beside the tasks themselves to be quick must say what the tasks say.
///
/// Nothing in the product depends on it. Tests and the simulation ask for it after every step, or every so many.
struct FarmAudit {
  var farm: Farm
  let now: Instant
  /// What a store has after the last batch.
  let snapshot: StoreSnapshot
  var faults: [String] = []

  mutating func check(_ isTrue: Bool, _ fault: @autoclosure () -> String) {
    if !isTrue { faults.append(fault()) }
  }
}

extension Farm {
  /// Everything that must hold and does not.
  ///
  /// - Parameters:
  ///   - snapshot: what a store has that took all rows so far.
  ///   - isThorough: also what waits for what, and what a farm loaded from the store shows. Costs some times as much.
  public func audit(at now: Instant, against snapshot: StoreSnapshot, isThorough: Bool) -> [String] {
    var audit = FarmAudit(farm: self, now: now, snapshot: snapshot)
    audit.checkUndos()
    // Of deleted jobs all books must be right, as of any other.
    audit.farm.showDeleted()
    let lost = runs.compactMap { $0 }.filter { $0.intent != .forget && blocks[$0.block].job < 0 }
    if !lost.isEmpty { return ["\(lost) are out for jobs that are gone"] }
    audit.checkRuns()
    audit.checkJobs(isThorough: isThorough)
    audit.checkRenders()
    audit.checkOrder()
    audit.checkTrees()
    audit.checkSystem()
    if isThorough {
      audit.checkWaits()
      audit.checkBlocks()
      audit.checkStore()
    }
    return audit.faults
  }
}
