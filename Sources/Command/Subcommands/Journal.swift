import ArgumentParser
import Model

struct JournalCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Shows who changed what, from where, when, with old and new values.",
    discussion: "The newest lines, the last of them at the end. Of one node with --job, --render, --pool, --branch or --of-user.")

  @Option(help: ArgumentHelp("Of this job.", valueName: "number"))
  var job: UInt32?

  @Option(help: ArgumentHelp("Of this render.", valueName: "name"))
  var render: String?

  @Option(help: ArgumentHelp("Of this pool.", valueName: "path"))
  var pool: String?

  @Option(help: ArgumentHelp("Of this branch.", valueName: "path"))
  var branch: String?

  @Option(help: ArgumentHelp("Of this user's node.", valueName: "name"))
  var ofUser: String?

  @Option(help: ArgumentHelp("At most so many lines, 1 to 5000.", valueName: "n"))
  var limit = 100

  @OptionGroup var global: GlobalOptions

  /// Empty: of all.
  func object() throws(Failure) -> String {
    let given = [
      job.map { "job \($0)" }, render.map { "render \($0)" }, pool.map { "pool \($0)" }, branch.map { "branch \($0)" },
      ofUser.map { "user \($0)" },
    ].compactMap { $0 }
    guard given.count <= 1 else { throw Failure(.usage, "the journal is of one node, or of all") }
    guard (1...Limits.rowsPerPage).contains(limit) else {
      throw Failure(.usage, "--limit: expected 1 to \(Limits.rowsPerPage), found \(limit)")
    }
    return given.first ?? ""
  }

  func perform(_ call: Call) async throws -> Int32 {
    let object = try object()
    try await Farm.with(call) { farm in
      let rows = Array(try await farm.journal(object: object, before: 0, limit: limit).reversed())
      var list = ListWriter(call, key: "journal")
      list.page(JournalPresentation.table(rows, withObject: object.isEmpty), rows.map(JournalPresentation.json))
      list.finish()
    }
    return 0
  }
}
