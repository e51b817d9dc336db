import Model
import Scheduler
import Wire

/// Who is there and how far runs are: a fold of what batches note.
struct Presence: Sendable {
  struct Arrival: Sendable {
    var registration: RenderRegistration
    var time: Instant
  }
  struct Progress: Sendable {
    var render: RenderID
    var progress: RunProgress
    var time: Instant
  }
  private(set) var renders: [RenderID: Arrival] = [:]
  private(set) var progress: [Lease: Progress] = [:]

  mutating func apply(_ note: BatchNotes.Presence, at time: Instant) {
    switch note {
    case .arrived(let id, let registration):
      // One that connected anew was there all the time.
      var arrival = Arrival(registration: registration, time: renders[id]?.time ?? time)
      // The rows say what runs there, and in which state it is.
      arrival.registration.runs = []
      arrival.registration.nimby = []
      renders[id] = arrival
    case .left(let id): renders[id] = nil
    case .measured(let id, let resources): renders[id]?.registration.resources = resources
    case .progressed(let id, let lease, let now): progress[lease] = Progress(render: id, progress: now, time: time)
    }
  }

  /// A run is over.
  mutating func ended(_ lease: Lease) { progress[lease] = nil }

  /// All of it, as notes for the beginning of a segment.
  var notes: [WireRecordedPresence] {
    let arrivals = renders.sorted { $0.key < $1.key }.map { id, arrival in
      WireRecordedPresence(.arrived(id, arrival.registration), time: arrival.time)
    }
    let progresses = progress.sorted { $0.key < $1.key }.map { lease, progress in
      WireRecordedPresence(.progressed(progress.render, lease, progress.progress), time: progress.time)
    }
    return arrivals + progresses
  }
}

extension WireRecordedPresence {
  /// - Parameter time: nil: that of its batch.
  init(_ note: BatchNotes.Presence, time: Instant? = nil) {
    self.init()
    self.time = time?.microseconds ?? 0
    switch note {
    case .arrived(let id, let registration):
      var arrived = WireRecordedArrival()
      arrived.render = id.value
      arrived.registration = WireRenderRegister(recorded: registration)
      arrived.address = registration.address
      self.arrived = arrived
    case .left(let id):
      var left = WireRecordedLeave()
      left.render = id.value
      self.left = left
    case .measured(let id, let resources):
      var measured = WireRecordedMeasure()
      measured.render = id.value
      measured.resources = WireResources(resources)
      self.measured = measured
    case .progressed(let id, let lease, let progress):
      var progressed = WireRecordedProgress()
      progressed.render = id.value
      progressed.lease = lease.value
      progressed.progress = WireRunProgress(progress)
      self.progressed = progressed
    }
  }

  /// nil: of a kind that this version does not know.
  var note: BatchNotes.Presence? {
    switch content {
    case .arrived(let arrived): .arrived(RenderID(arrived.render), RenderRegistration(recorded: arrived))
    case .left(let left): .left(RenderID(left.render))
    case .measured(let measured): .measured(RenderID(measured.render), HostResources(measured.resources))
    case .progressed(let progressed):
      .progressed(RenderID(progressed.render), Lease(progressed.lease), RunProgress(progressed.progress))
    case nil: nil
    }
  }
}

extension WireRenderRegister {
  fileprivate init(recorded registration: RenderRegistration) {
    self.init()
    name = registration.name
    agent = registration.agent
    user = registration.user
    version = registration.version
    os = registration.os
    // -1: as its pool says.
    capacity = registration.capacity
    maxTasks = registration.maxTasks
    services = registration.services
    interfaces = registration.interfaces.map(WireInterface.init)
    resources = WireResources(registration.resources)
  }
}

extension RenderRegistration {
  fileprivate init(recorded wire: WireRecordedArrival) {
    let registration = wire.registration
    self.init(
      name: registration.name, agent: registration.agent, user: registration.user, version: registration.version,
      os: registration.os, address: wire.address, capacity: registration.capacity, maxTasks: registration.maxTasks,
      services: registration.services, interfaces: registration.interfaces.map(NetworkInterface.init),
      resources: HostResources(registration.resources))
  }
}
