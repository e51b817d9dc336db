import Dispatch
import Model
import Scheduler

/// When jobs will be done: computed when somebody asks, on a copy of the farm, on a thread of its own. One computation at a time;
/// others wait, and beyond a bound they are told to ask again.
struct Forecasting: Sendable {
  struct Asker: Sendable {
    let session: Session
    let number: UInt64
    let job: JobID
  }
  struct WhatIf: Sendable {
    let session: Session
    let number: UInt64
    let question: WhatIfQuestion
  }

  /// What was computed last, and of which state of the farm.
  private var known: [JobID: Forecast] = [:]
  private var knownVersion: UInt64?
  private var knownAt = Instant.never

  private(set) var isRunning = false
  private(set) var askers: [Asker] = []
  private(set) var whatIfs: [WhatIf] = []

  /// Who may wait.
  static let bound = 256
  static let whatIfBound = 8
  /// A farm that changes all the time is computed anew at most so often.
  private static let patience = Span.seconds(1)

  static let busy = Failure(.failed, "the server is busy with other forecasts (ask again in a moment)")

  /// nil: it has to be computed.
  func forecast(of job: JobID, version: UInt64, at now: Instant) -> Forecast?? {
    guard knownVersion == version || (knownVersion != nil && now - knownAt < Self.patience) else { return nil }
    return .some(known[job])
  }

  /// - Throws: `Failure` when too many wait.
  mutating func wait(_ asker: Asker) throws(Failure) {
    guard askers.count < Self.bound else { throw Self.busy }
    askers.append(asker)
  }

  /// - Throws: `Failure` when too many wait.
  mutating func wait(_ whatIf: WhatIf) throws(Failure) {
    guard whatIfs.count < Self.whatIfBound else { throw Self.busy }
    whatIfs.append(whatIf)
  }

  enum Work: Sendable {
    case forecasts
    case whatIf(WhatIf)
  }

  /// What is to be computed next, if nothing is being computed; forecasts first: many may wait for one computation.
  mutating func begin() -> Work? {
    guard !isRunning else { return nil }
    if !askers.isEmpty {
      isRunning = true
      return .forecasts
    }
    if whatIfs.isEmpty { return nil }
    isRunning = true
    return .whatIf(whatIfs.removeFirst())
  }

  mutating func end() { isRunning = false }

  /// - Returns: who waited for it.
  mutating func take(_ forecasts: [Forecast], version: UInt64, at now: Instant) -> [Asker] {
    known = Dictionary(forecasts.map { ($0.job, $0) }, uniquingKeysWith: { first, _ in first })
    knownVersion = version
    knownAt = now
    isRunning = false
    defer { askers = [] }
    return askers
  }

  subscript(job: JobID) -> Forecast? { known[job] }

  mutating func forget(_ connection: ConnectionID) {
    askers.removeAll { $0.session.id == connection }
    whatIfs.removeAll { $0.session.id == connection }
  }
}

/// Tries changes on a copy of the farm. Nothing of it reaches the farm itself.
enum WhatIfTrial {
  static func reply(_ question: WhatIfQuestion, on farm: Farm, by person: Actor, at now: Instant) -> Reply {
    do throws(Failure) {
      var changed = farm
      // Nothing is done: everybody may ask about everything.
      var person = person
      person.role = .administrator
      for request in question.edits {
        for edit in try ListEdits.expand(request, farm) {
          try apply(.edit(edit, by: person, request: trial), to: &changed, at: now)
        }
      }
      if !question.drained.isEmpty {
        try apply(.operateRenders(.NIMBY, names: question.drained, by: person, request: trial), to: &changed, at: now)
      }
      return .whatIf(compare(farm, changed, at: now))
    } catch {
      return .failure(error)
    }
  }

  /// No connection has this number.
  private static let trial = RequestID(connection: ConnectionID(0), number: 0)

  private static func apply(_ command: Command, to farm: inout Farm, at now: Instant) throws(Failure) {
    var effects: [Effect] = []
    farm.apply(command, at: now, into: &effects)
    for case .answer(_, let answer) in effects {
      switch answer {
      case .failed(let failure): throw failure
      case .edited(let outcomes, _):
        guard !outcomes.isEmpty else { throw Failure(.notFound, "nothing is meant by one of the changes") }
        if let refused = outcomes.first(where: { !$0.isDone }) { throw Failure(.failed, "\(refused.node): \(refused.message)") }
      case .rendersOperated(let outcomes, _):
        if let refused = outcomes.first(where: { !$0.isDone }) {
          throw Failure(.notFound, "render \"\(refused.name)\": \(refused.message)")
        }
      default: break
      }
    }
  }

  private static func compare(_ farm: Farm, _ changed: Farm, at now: Instant) -> WhatIfReply {
    let before = Dictionary(farm.forecasts().map { ($0.job, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(changed.forecasts().map { ($0.job, $0) }, uniquingKeysWith: { first, _ in first })
    let jobs = Set(before.keys).union(after.keys).sorted()
    let rows = jobs.prefix(Limits.rowsPerPage).compactMap { id -> WhatIfReply.Row? in
      guard let spec = farm.spec(id) else { return nil }
      return WhatIfReply.Row(
        name: spec.name, user: spec.user, before: before[id] ?? .unknown(id), after: after[id] ?? .unknown(id))
    }
    return WhatIfReply(rows: rows, at: now, leftOut: jobs.count - rows.count)
  }
}

extension Forecast {
  static func unknown(_ job: JobID, _ reason: String = "nothing is known of it") -> Forecast {
    Forecast(job: job, likely: .never, early: .never, late: .never, reason: reason)
  }
}

extension FarmActor {
  /// A thread of its own, one computation after the other.
  private static let forecaster = DispatchQueue(label: "reeve.forecasts", qos: .utility)

  func forecast(_ session: Session, _ number: UInt64, _ selection: JobSelection) {
    do throws(Failure) {
      let job = try Answers.one(selection, farm)
      if farm.jobState(job)?.contains(.done) == true {
        return answer(session, number, .forecast(.unknown(job, "it is done")))
      }
      if let known = forecasting.forecast(of: job, version: farmVersion, at: now) {
        return answer(session, number, .forecast(known ?? .unknown(job)))
      }
      try forecasting.wait(Forecasting.Asker(session: session, number: number, job: job))
      compute()
    } catch {
      answer(session, number, .failure(error))
    }
  }

  func whatIf(_ session: Session, _ number: UInt64, _ question: WhatIfQuestion) {
    do throws(Failure) {
      try forecasting.wait(Forecasting.WhatIf(session: session, number: number, question: question))
      compute()
    } catch {
      answer(session, number, .failure(error))
    }
  }

  private func compute() {
    guard let work = forecasting.begin() else { return }
    let (farm, version, now, mailbox) = (self.farm, farmVersion, self.now, self.mailbox)
    Self.forecaster.async {
      switch work {
      case .forecasts: mailbox.post(.forecasts(farm.forecasts(), of: version))
      case .whatIf(let asker):
        let reply = WhatIfTrial.reply(asker.question, on: farm, by: asker.session.person, at: now)
        mailbox.post(.whatIf(asker.session, number: asker.number, reply))
      }
    }
  }

  func forecasts(_ forecasts: [Forecast], of version: UInt64) {
    for asker in forecasting.take(forecasts, version: version, at: now) {
      answer(asker.session, asker.number, .forecast(forecasting[asker.job] ?? .unknown(asker.job)))
    }
    compute()
  }

  func whatIfDone(_ session: Session, _ number: UInt64, _ reply: Reply) {
    forecasting.end()
    if sessions[session.id] != nil { answer(session, number, reply) }
    compute()
  }
}
