import GRDB

@testable import Server

extension SQLiteStore {
  /// Rows of tasks, deleted jobs' too.
  func taskRows() throws -> Int { try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM task") ?? 0 } }

  /// A row of this task makes its transaction fail.
  func forbidTask(_ number: Int) throws {
    try writing {
      try $0.execute(sql: "CREATE TRIGGER no BEFORE INSERT ON task WHEN NEW.task = \(number) BEGIN SELECT RAISE(ABORT, 'no'); END")
    }
  }

  /// As if a later server had been here.
  func pretendNewer() throws {
    try writing { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999 later')") }
  }
}
