import ArgumentParser
import Model

struct UsersCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "users", abstract: "Lists who has jobs.")

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    try await Farm.with(call) { farm in
      let rows = try await farm.users()
      var list = ListWriter(call, key: "users")
      list.page(UserPresentation.table(rows), rows.map(UserPresentation.json))
      list.finish()
    }
    return 0
  }
}
