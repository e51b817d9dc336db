import ArgumentParser
import Model

struct DeleteCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Deletes jobs with all that is known of them; what runs is stopped. Asks first.")

  @OptionGroup var target: JobTargets

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { true }

  func perform(_ call: Call) async throws -> Int32 {
    let selections = try target.selections()
    try Confirmation.requireTerminal(yes: yes, call)
    return try await Farm.with(call) { farm in
      if yes { return try await farm.carryOut(selections.map { Operation(kind: .delete, jobs: $0) }, call) }
      let jobs = try await farm.jobs(selections)
      guard try Confirmation.ask(Confirmation.question("Delete", jobs: jobs), call) else {
        throw Failure(.failed, "nothing was deleted")
      }
      // Exactly those that were shown.
      return try await farm.carryOut([Operation(kind: .delete, jobs: .ids(jobs.map(\.id)))], call)
    }
  }
}
