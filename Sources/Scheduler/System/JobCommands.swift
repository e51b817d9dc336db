import Model

/// Commands of jobs for before they begin and for when they are deleted (`command_pre`, `command_post`): run on the farm by the
/// system job, never by the server.
extension Farm {
  private struct JobCommand {
    var text: String
    var directory: String
  }

  /// A job's commands with their working directories: the job's own runs in that of its first block, as in Afanasy.
  private static func commands(_ spec: JobSpec, _ own: String, _ ofBlock: KeyPath<BlockParameters, String>) -> [JobCommand] {
    var found: [JobCommand] = []
    if !own.isEmpty { found.append(JobCommand(text: own, directory: spec.blocks.first?.workingDirectory ?? "")) }
    for block in spec.blocks where !block.parameters[keyPath: ofBlock].isEmpty {
      found.append(JobCommand(text: block.parameters[keyPath: ofBlock], directory: block.workingDirectory))
    }
    return found
  }

  private static func preCommands(_ spec: JobSpec) -> [JobCommand] { commands(spec, spec.parameters.commandPre, \.commandPre) }
  private static func postCommands(_ spec: JobSpec) -> [JobCommand] { commands(spec, spec.parameters.commandPost, \.commandPost) }

  /// Whether all of them can wait in line; names count with the most that they can be.
  private func hasRoom(for commands: [JobCommand]) -> Bool {
    commands.isEmpty
      || hasRoom(
        for: .postCommands,
        commands.reduce(0) { $0 + $1.text.utf8.count + $1.directory.utf8.count + 3 * Limits.nameBytes + 512 })
  }

  static let lineIsFull = Failure(
    .failed,
    "too many commands of jobs wait already, or there is no system job (reeve sysjob tells which; its restart post_commands drops them)"
  )

  // MARK: Before

  func hasPreCommands(_ spec: JobSpec) -> Bool { !Self.preCommands(spec).isEmpty }

  /// Why the commands of a job cannot be taken; nil: they can.
  func faultOfCommands(_ spec: JobSpec) -> Failure? { hasRoom(for: Self.preCommands(spec)) ? nil : Self.lineIsFull }

  /// Sends a job's pre-commands to the farm; it waits for them.
  mutating func pushPreCommands(_ job: Int) {
    let spec = jobs[job].spec
    let commands = Self.preCommands(spec)
    jobs[job].preCommands = commands.isEmpty ? .none : .waiting
    if !hasRoom(for: commands) { return preCommandsFailed(job, "did not run, since \(Self.lineIsFull.message)", commands[0].text) }
    for command in commands {
      let isTaken = push(
        SystemCommand(
          kind: .pre, text: command.text, workingDirectory: command.directory, user: spec.user, jobName: spec.name,
          job: jobs[job].id))
      if isTaken { jobs[job].preCommandsLeft += 1 }
    }
  }

  /// A pre-command has run, or never will.
  mutating func preCommandEnded(_ command: SystemCommand, succeeded: Bool, because reason: String = "") {
    guard let id = command.job, let job = anyPlace(id) else { return }
    jobs[job].preCommandsLeft = max(0, jobs[job].preCommandsLeft - 1)
    // It was started again while others of its commands were still under way.
    if jobs[job].preCommands == .failed, !jobs[job].isOffline { return retryPreCommands(job) }
    guard jobs[job].preCommands == .waiting else { return }
    if !succeeded { return preCommandsFailed(job, reason.isEmpty ? "failed" : "did not run, since \(reason)", command.text) }
    guard jobs[job].preCommandsLeft == 0 else { return changed(.job(id)) }
    jobs[job].preCommands = .none
    log(.info, .job(id), "its pre-commands are done")
    store(.putJobState(jobs[job].stored))
    refreshQueues(job)
    changed(.job(id))
  }

  private mutating func preCommandsFailed(_ job: Int, _ why: String, _ command: String) {
    let id = jobs[job].id
    jobs[job].preCommands = .failed
    jobs[job].isOffline = true
    let text = "paused: a pre-command \(why) (reeve start \(id) runs it again): \(command.prefix(500))"
    log(.error, .job(id), text)
    journal("jobs pre-command", "job \(id)", text)
    store(.putJobState(jobs[job].stored))
    refreshQueues(job)
    changed(.job(id))
  }

  /// A job whose pre-commands failed is to begin: they run again.
  mutating func retryPreCommands(_ job: Int) {
    guard jobs[job].preCommands == .failed, jobs[job].preCommandsLeft == 0 else { return }
    pushPreCommands(job)
    store(.putJobState(jobs[job].stored))
    refreshQueues(job)
    changed(.job(jobs[job].id))
  }

  /// Its commands go with a job that the store refused.
  mutating func withdrawCommands(of id: JobID) {
    guard let job = anyPlace(id) else { return }
    jobs[job].preCommands = .none
    dropCommands(of: id)
  }

  /// After all was loaded: who waits for nothing any more goes on.
  mutating func settleLoadedPreCommands(_ job: Int) {
    guard jobs[job].preCommands == .waiting, jobs[job].preCommandsLeft == 0 else { return }
    jobs[job].preCommands = .none
    repairs.append(.store(.putJobState(jobs[job].stored)))
  }

  // MARK: After

  /// Whether a job's post-commands can be taken, so that it can go.
  func mayDelete(_ job: Int) -> Bool { hasRoom(for: Self.postCommands(jobs[job].spec)) }

  mutating func pushPostCommands(_ job: Int) {
    let spec = jobs[job].spec
    for command in Self.postCommands(spec) {
      push(SystemCommand(kind: .post, text: command.text, workingDirectory: command.directory, user: spec.user, jobName: spec.name))
    }
  }
}
