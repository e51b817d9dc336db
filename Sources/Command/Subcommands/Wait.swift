import ArgumentParser
import Model

struct WaitCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Waits until jobs are done: exit code 0, or 1 when one has failed, 6 when the time is over.",
    discussion: """
      A job has failed when tasks of it are in error and nothing of it runs or is ready to run, or when it was deleted. \
      The command ends when every job is done or has failed. Progress goes to standard error: a bar on a terminal, else a line \
      now and then; a line for each job goes to standard output at the end.
      """)

  @OptionGroup var target: JobTargets

  @Option(help: ArgumentHelp("Waits no longer than this.", valueName: "seconds"))
  var timeout: Double?

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    if let timeout, !(timeout >= 0 && timeout <= 1e9) { throw Failure(.usage, "--timeout: expected a number of seconds, found \(timeout)") }
    let selections = try target.selections()
    var names: [JobID: String] = [:]
    let jobs = try await Farm.with(call) { farm in
      var jobs: [JobID] = []
      for selection in selections {
        let rows = try await farm.jobs(selection)
        if case .ids(let ids) = selection, let missing = ids.first(where: { id in !rows.contains { $0.id == id } }) {
          throw Failure(.notFound, "there is no job \(missing) (see 'reeve jobs --all')")
        }
        guard !rows.isEmpty else { throw Failure(.notFound, "no job is meant by \(selection.text) (see 'reeve jobs --all')") }
        for row in rows where names[row.id] == nil {
          names[row.id] = row.name
          jobs.append(row.id)
        }
      }
      return jobs
    }
    guard jobs.count <= Limits.rowsPerWindow else {
      throw Failure(.usage, "\(jobs.count) jobs are more than can be waited for at once (\(Limits.rowsPerWindow))")
    }
    let board = try await Waiting(call).run(jobs, names: names, timeout: timeout)
    if call.wantsJSON {
      call.show(.object(["jobs": .array(board.jobs.map { .object(JobPresentation.json($0)) })]))
    } else {
      call.show(board.summary)
    }
    try board.conclude()
    return 0
  }
}

extension JobSelection {
  /// For messages.
  var text: String {
    switch self {
    case .ids(let ids): ids.map(\.description).joined(separator: ", ")
    case .name(let name): "\"\(name)\""
    case .mask(let mask): "--mask \"\(mask)\""
    }
  }
}
