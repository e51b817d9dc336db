import ArgumentParser
import Model

struct UserCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "user",
    abstract: "Shows one user in full; removes users who have no jobs.",
    usage: "reeve user NAME\nreeve user delete [--yes] NAME …",
    discussion: "A user comes by itself with the first job. Asks before it removes one.")

  @Argument(help: ArgumentHelp("The user's name, or delete and names.", valueName: "name"))
  var words: [String] = []

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { words.count > 1 }

  func perform(_ call: Call) async throws -> Int32 {
    switch try NodeWords.parse(words, .user, canCreate: false) {
    case .order(let order): return try await order.carryOut(yes: yes, "user", call)
    case .show(let name):
      try await Farm.with(call) { farm in
        guard let row = try await farm.users().first(where: { $0.summary.name == name }) else {
          throw Failure(.notFound, "there is no user \"\(name)\" (see 'reeve users')")
        }
        if call.wantsJSON {
          call.show(.object(["user": .object(UserPresentation.json(row))]))
        } else {
          call.show(UserPresentation.lines(row))
        }
      }
      return 0
    }
  }
}
