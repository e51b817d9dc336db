import Foundation
import GRDB
import Model

/// The tasks of listed blocks in rows of some thousand.
struct SQLiteTaskRows {
  private let db: Database
  /// Tasks in a row; about 100 KiB.
  private static let rowTasks = 4096

  init(_ db: Database) { self.db = db }

  /// Writes all tasks of all listed blocks of a job that has none yet.
  func put(_ job: JobID, _ spec: JobSpec) throws {
    for (index, block) in spec.blocks.enumerated() {
      if case .listed(let tasks, _) = block.work { try insert(job, index, tasks, from: 0) }
    }
  }

  /// The tasks of a block from `first` on are those of the list; the ones before are left alone.
  func replace(_ job: JobID, _ block: BlockIndex, _ tasks: TaskList, from first: Int) throws {
    var start = first
    // A row that reaches over `first` is written anew from its own beginning.
    let over = try Row.fetchOne(
      db, sql: "SELECT first, count FROM job_task WHERE job = ? AND block = ? AND first < ? ORDER BY first DESC LIMIT 1",
      arguments: [Int64(job.value), Int64(block.value), first])
    if let over, (over[0] as Int) + (over[1] as Int) > first { start = over[0] }
    let delete = try SQLiteStatement(db, "DELETE FROM job_task WHERE job = ? AND block = ? AND first >= ?")
    delete.bind(1, job.value)
    delete.bind(2, block.value)
    delete.bind(3, start)
    try delete.run()
    try insert(job, Int(block.value), tasks, from: start)
  }

  func delete(_ job: JobID) throws {
    let statement = try SQLiteStatement(db, "DELETE FROM job_task WHERE job = ?")
    statement.bind(1, job.value)
    try statement.run()
  }

  private func insert(_ job: JobID, _ block: Int, _ tasks: TaskList, from first: Int) throws {
    let statement = try SQLiteStatement(db, "INSERT INTO job_task VALUES (?,?,?,?,?)")
    for start in stride(from: first, to: tasks.count, by: Self.rowTasks) {
      let range = start..<min(start + Self.rowTasks, tasks.count)
      statement.bind(1, job.value)
      statement.bind(2, block)
      statement.bind(3, start)
      statement.bind(4, range.count)
      statement.bind(5, tasks.encoded(range))
      try statement.run()
    }
  }

  /// All tasks of a job's listed blocks, by the index of the block.
  ///
  /// - Throws: `StoreFailure` when rows are missing or damaged.
  func load(_ job: JobID) throws -> [Int: TaskList] {
    var lists: [Int: TaskList] = [:]
    // Asked for each of a hundred thousand jobs: compiled once.
    try SQLiteRow.each(
      db, "SELECT block, first, count, tasks FROM job_task WHERE job = ? ORDER BY block, first", [Int64(job.value)]
    ) { row in
      let block = try row.number(0, as: Int.self)
      // In place: a list that grows is not copied.
      let isGood = lists[block, default: TaskList()].append(
        encoded: try row.bytes(3), from: try row.number(1), count: try row.number(2))
      guard isGood else { throw StoreFailure(.damaged, "the tasks of its block \(block) are damaged") }
    }
    return lists
  }

  /// Of a store of version 1, whose documents hold the tasks.
  func takeFromDocuments() throws {
    for id in try Int64.fetchAll(db, sql: "SELECT id FROM job_document") {
      let bytes = [UInt8](try Data.fetchOne(db, sql: "SELECT document FROM job_document WHERE id = ?", arguments: [id]) ?? Data())
      // What cannot be read is named when the store is loaded.
      guard let spec = try? JobDocument.stored(bytes, tasks: [:]) else { continue }
      try put(JobID(UInt32(truncatingIfNeeded: id)), spec)
      try db.execute(
        sql: "UPDATE job_document SET document = ? WHERE id = ?",
        arguments: [Data(spec.documentWithoutTasks.text().utf8), id])
    }
  }
}

extension TaskList {
  /// Appends a row's tasks, when they are those that come next and as many as the row says.
  fileprivate mutating func append(encoded bytes: [UInt8], from first: Int, count: Int) -> Bool {
    let before = self.count
    return first == before && append(encoded: bytes) && self.count == before + count
  }
}
