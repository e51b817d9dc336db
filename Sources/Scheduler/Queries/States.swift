import Model

/// State bits of jobs and blocks, from their counts (reference/afanasy.md section 2.3).
extension Farm {
  func state(_ block: Block) -> StateBits {
    let counts = block.presented
    var bits = common(counts)
    if block.ages != nil { bits.subtract([.done, .skipped]) }
    if counts.startable > 0 { bits.insert(.ready) }
    if counts[.waitingDependency] > 0 { bits.insert(.waitDependency) }
    return bits
  }

  /// A job's WDP speaks of other jobs, so that waiting blocks do not show in it.
  func state(_ job: Job) -> StateBits {
    var bits = common(job.counts)
    // The system job is never done: what is skipped are slots without anything in them.
    if job.id == .system { bits.subtract([.done, .skipped]) }
    if job.counts.startable > 0 { bits.insert(.ready) }
    if job.isOffline { bits.insert(.offline) }
    if !job.counts.isAllFinished, job.heldBy > 0 || job.waitsForTime {
      bits.remove(.ready)
      if job.heldBy > 0 { bits.insert(.waitDependency) }
      if job.waitsForTime { bits.insert(.waitTime) }
    }
    if job.spec.parameters.previewApproval, job.blocks.contains(where: { blocks[$0].waitsForApproval }),
      !job.blocks.contains(where: { blocks[$0].waitsFor == 0 && blocks[$0].hasStartable })
    {
      bits.insert(.previewApproval)
    }
    return bits
  }

  private func common(_ counts: Counts) -> StateBits {
    var bits: StateBits = []
    if counts[.running] > 0 { bits.insert(.running) }
    if counts[.waitingReconnect] > 0 { bits.insert(.waitReconnect) }
    if counts.isAllFinished { bits.insert(.done) }
    if counts[.error] > 0 { bits.insert(.error) }
    if counts[.skipped] > 0 { bits.insert(.skipped) }
    if counts[.suspended] > 0 { bits.insert(.suspended) }
    if counts.warning > 0 { bits.insert(.warning) }
    return bits
  }
}
