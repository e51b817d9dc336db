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

extension SQLiteStore {
  /// The first tasks of the rows of lists of tasks.
  func taskListRows() throws -> [Int] {
    try reading { try Int.fetchAll($0, sql: "SELECT first FROM job_task ORDER BY job, block, first") }
  }

  /// Of all documents together.
  func documentBytes() throws -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT sum(length(document)) FROM job_document") ?? 0 }
  }

  func execute(_ sql: String) throws { try writing { try $0.execute(sql: sql) } }

  /// As a server of version 1 left it.
  static func makeVersion1(path: String, sql: [String]) throws {
    let queue = try DatabaseQueue(path: path)
    try SQLiteSchema.migrations.migrate(queue, upTo: "0001 farm")
    try queue.write { db in
      for statement in sql { try db.execute(sql: statement) }
    }
    try queue.close()
  }
}
