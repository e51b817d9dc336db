import Model

/// Orders that can be undone, and the jobs that they hide.
extension FarmAudit {
  mutating func checkUndos() {
    let farm = farm
    let hidden = farm.undos.records.flatMap(\.deleted)
    check(hidden.count == Set(hidden).count, "a job is deleted twice: \(hidden)")
    check(Set(hidden) == Set(farm.deletedPlaces.keys), "deleted by orders: \(hidden), hidden: \(farm.deletedPlaces.keys.sorted())")
    for (id, place) in farm.deletedPlaces {
      check(farm.jobs[place].isDeleted && farm.jobs[place].id == id, "\(id) is hidden and not deleted")
      check(farm.jobPlaces[id] == nil && !farm.jobOrder.contains(id), "\(id) is deleted and seen")
      check(farm.jobNames[farm.jobs[place].spec.name] != id, "\(id) is deleted and has its name")
      check(farm.jobs[place].ready.isEmpty, "\(id) is deleted and may start")
      check(farm.jobs[place].watches.isEmpty && farm.jobs[place].heldBy == 0, "\(id) is deleted and waits")
    }
    check(farm.undos.weight == farm.undos.records.reduce(0) { $0 + $1.weight }, "what is kept for undo")
    check(farm.undos.weight <= farm.undos.bound && farm.undos.draft == nil, "more is kept for undo than may be")
    for record in farm.undos.records {
      check(record.weight == record.parts.reduce(1) { $0 + $1.weight }, "what is kept of undo \(record.number)")
      check(record.timer != nil, "undo \(record.number) does not end")
    }
    let stored = snapshot.undos
    check(stored == farm.undos.records.filter(\.isStored).map(\.stored), "stored undos \(stored.map(\.number))")
    for user in farm.people {
      let seen = user.jobPlaces.count { !farm.jobs[$0].isDeleted }
      check(Int(user.jobs) == seen, "\(user.name) has \(seen) jobs, says \(user.jobs)")
    }
    for (place, branch) in farm.branches.enumerated() where branch.exists {
      let below = farm.jobs.count { job in
        job.node >= 0 && job.id != .system && !job.isDeleted && farm.branchChain(job.branch).contains(place)
      }
      check(Int(branch.jobsBelow) == below, "branch \(branch.path) has \(below) jobs, says \(branch.jobsBelow)")
    }
  }
}

extension Farm {
  /// For an audit: deleted jobs are found again.
  mutating func showDeleted() {
    for (id, place) in deletedPlaces {
      jobPlaces[id] = place
      jobOrder.insert(id)
    }
  }
}
