import ArgumentParser
import Model
import Wire

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

  var inside: String? { "the list of jobs shows how they go on" }

  func perform(_ call: Call) async throws -> Int32 {
    if let timeout, !(timeout >= 0 && timeout <= 1e9) {
      throw Failure(.usage, "--timeout: expected a number of seconds, found \(timeout)")
    }
    let selections = try target.selections()
    let waiting = Waiting(call, timeout: timeout)
    let farm = try await Farm.connect(call)
    let jobs: [JobSummary]
    do {
      jobs = try await farm.jobs(selections)
      guard jobs.count <= Limits.rowsPerWindow else {
        throw Failure(.usage, "\(jobs.count) jobs are more than can be waited for at once (\(Limits.rowsPerWindow))")
      }
    } catch {
      await farm.connection.close()
      throw error
    }
    let names = Dictionary(jobs.map { ($0.id, $0.name) }, uniquingKeysWith: { name, _ in name })
    let board = try await waiting.run(jobs.map(\.id), names: names, known: jobs, on: farm)
    if call.wantsJSON {
      call.show(.object(["jobs": .array(board.jobs.map { .object(JobPresentation.json($0)) })]))
    } else {
      call.show(board.summary)
    }
    try board.conclude()
    return 0
  }
}
