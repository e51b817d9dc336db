import Model

/// What somebody wants to hear of, until the command that brought it about is done with: then one task is made of it.
struct RaisedEvent: Sendable {
  enum Subject: Hashable, Sendable {
    case job(JobID)
    /// Place in `Farm.renders`.
    case render(Int)
  }

  let subject: Subject
  /// Whose it is and what it is called: what the task of the system job shows.
  let user: String
  let object: String
  var names: [EventName]
  /// The node as it was at the last of them, in the keys of section 6.2.
  var data: JSONObject

  var job: JobID? { if case .job(let id) = subject { id } else { nil } }
}

/// The farm says what happens in it (reference/afanasy.md section 6).
///
/// Every event is kept for people to look at. A task is made of it only when some `custom_data` may want it: the job's or its user's;
/// the render's, the system user's, the system job's, or that of any pool above. What of it is wanted is said there, in JSON, and
/// found out by the event service. Unlike in Afanasy, events wait in the system job's stored list and survive a restart.
extension Farm {
  /// An event of a job other than the system job.
  ///
  /// - Parameter info: what happened, besides the name of it.
  mutating func raise(_ name: EventName, job place: Int, _ info: String = "") {
    guard !isAhead, jobs[place].id != .system, !jobs[place].isDeleted || name == .jobDeleted else { return }
    let id = jobs[place].id
    let (title, user) = (jobs[place].spec.name, jobs[place].spec.user)
    let data = customData(ofJob: place)
    note(name, "job \(id)", user, info.isEmpty ? "\"\(title)\"" : "\"\(title)\": \(info)", data, .job(id))
    if data.isEmpty { return }
    collect(RaisedEvent(subject: .job(id), user: user, object: title, names: [name], data: eventData(job: place)))
  }

  /// An event of a render.
  mutating func raise(_ name: EventName, render place: Int, _ info: String) {
    guard !isAhead else { return }
    let data = customData(ofRender: place)
    note(name, "render \(renders[place].name)", renders[place].user, info, data, .render(renders[place].id))
    if data.isEmpty { return }
    collect(
      RaisedEvent(
        subject: .render(place), user: renders[place].user, object: renders[place].name, names: [name],
        data: eventData(render: place)))
  }

  private mutating func note(
    _ name: EventName, _ object: String, _ user: String, _ info: String, _ data: [CustomData], _ subject: LogRecord.Subject
  ) {
    let (number, reservation) = counters.nextJournal()
    if let reservation { store(reservation) }
    let event = FarmEvent(number: number, time: now, name: name, object: object, user: user, info: info, isSent: !data.isEmpty)
    store(.putEvent(event))
    emit(.event(event))
    for fault in data.compactMap(\.fault) { log(.warning, subject, "\(name.rawValue): \(fault)") }
  }

  private mutating func collect(_ event: RaisedEvent) {
    guard let known = raised.firstIndex(where: { $0.subject == event.subject }) else {
      if raised.count >= Self.mostRaised { sendEvents() }
      return raised.append(event)
    }
    raised[known].names += event.names
    raised[known].data = event.data
  }

  /// So many at most are kept until the end of the command that brought them about: many jobs may be deleted by one.
  private static let mostRaised = 64

  /// Makes commands of the events that one command brought about, one for each node.
  mutating func sendEvents() {
    guard !raised.isEmpty else { return }
    let all = raised
    raised = []
    for event in all {
      push(
        SystemCommand(
          kind: .event, text: Self.text(of: event), user: event.user, jobName: event.object, taskName: event.names[0].rawValue,
          created: now, job: event.job))
    }
  }

  /// The first task of a job is an error, or none is any more. Tried again, it may be an error again.
  mutating func refreshErrors(_ job: Int) {
    let hasErrors = jobs[job].counts[.error] > 0
    guard hasErrors != jobs[job].hasErrors else { return }
    jobs[job].hasErrors = hasErrors
    if hasErrors, !isAhead { raise(.jobError, job: job, firstError(job)) }
  }

  private func firstError(_ job: Int) -> String {
    for block in jobs[job].blocks {
      guard let task = blocks[block].failed.next(from: 0) else { continue }
      return "task \(blocks[block].key(task)): \(blocks[block].reasons[UInt32(task)] ?? "an error")"
    }
    return ""
  }
}
