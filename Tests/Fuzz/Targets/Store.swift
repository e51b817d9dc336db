import GRDB
import Glibc
import Model
import Scheduler

@testable import Server

extension FuzzTarget {
  /// The file of a store: as it comes, with patches on a good one, or with values in its rows that nobody put there.
  static let store = FuzzTarget("store", longest: 2048) { bytes in
    var input = FuzzInput(bytes)
    for end in ["", "-wal", "-shm", "-journal"] { unlink(Scratch.folder + "/store.sqlite" + end) }
    switch input.byte() % 4 {
    case 0: open(input.rest())
    case 1, 2:
      var file = pristine
      while !input.isAtEnd {
        let at = (Int(input.byte()) << 16 | Int(input.byte()) << 8 | Int(input.byte())) % file.count
        for _ in 0...Int(input.byte() % 8) where at < file.count { file[at] = input.byte() }
      }
      open(file)
    default:
      edit(Scratch.file("store.sqlite", pristine), &input)
      open(nil)
    }
  }

  /// - Parameter file: nil: what is there.
  private static func open(_ file: [UInt8]?) {
    let path = Scratch.folder + "/store.sqlite"
    if let file { _ = Scratch.file("store.sqlite", file) }
    do {
      let store = try SQLiteStore(path: path)
      defer { try? store.close() }
      _ = try store.load()
      _ = try store.journal(object: nil, before: nil, limit: 10)
      _ = try store.events(limit: 10)
      _ = try store.compact()
    } catch let failure as StoreFailure {
      demand(!failure.message.isEmpty, "a failure is said")
    } catch { fatalError("not a failure of the store: \(error)") }
  }

  /// Changes a value of a row, below all checks: what a good file with a bad history holds.
  private static func edit(_ path: String, _ input: inout FuzzInput) {
    guard let database = try? DatabaseQueue(path: path) else { fatalError("the store cannot be opened") }
    defer { try? database.close() }
    database.writeWithoutTransaction { db in
      while !input.isAtEnd {
        let (table, column) = columns[input.number(below: columns.count)]
        let value: DatabaseValue =
          switch input.byte() % 4 {
          case 0: input.anyNumber().databaseValue
          case 1: DatabaseValue.null
          default: String(decoding: input.part(), as: UTF8.self).databaseValue
          }
        try? db.execute(sql: "PRAGMA ignore_check_constraints = 1; UPDATE \"\(table)\" SET \"\(column)\" = ?", arguments: [value])
      }
    }
  }

  /// A store with something in each table.
  private static let pristine: [UInt8] = {
    let path = Scratch.folder + "/pristine.sqlite"
    unlink(path)
    do {
      let document = """
        {"job": {"name": "film", "blocks": [{"name": "a", "command": "true @#@", "frame_first": 1, "frame_last": 9},
          {"name": "b", "command": "true", "tasks": [{"name": "t", "command": "x"}, {"name": "u", "files": ["f"]}]}]}}
        """
      let spec = try JobDocument.read(document.utf8, defaultUser: "ann").job
      let key = TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(4))
      let store = try SQLiteStore(path: path)
      try store.append([
        .putJob(
          StoredJob(
            id: JobID(2), spec: spec,
            state: StoredJobState(
              id: JobID(2), priority: 42, isOffline: false, created: Instant(seconds: 5), started: Instant(seconds: 6)))),
        .putTask(
          StoredTask(
            key: key, phase: .done, flags: [.warning], starts: 3, errors: 2, render: RenderID(7), started: Instant(seconds: 10),
            finished: Instant(seconds: 20), reason: "it broke")),
        .putRun(StoredRun(lease: Lease(9), key: key, render: RenderID(7), started: Instant(seconds: 9))),
        .putRender(
          StoredRender(
            id: RenderID(7), name: "r7", agent: "uuid", user: "root", capacity: 1100, maxTasks: 4, priority: 9, state: [],
            registered: Instant(seconds: 1))),
        .putUser(StoredUser(name: "ann", registered: Instant(seconds: 2))), .putCounter(.lease, 12), .putCounter(.job, 3),
      ])
      try store.close()
    } catch { fatalError("\(error)") }
    guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }()

  private static let columns: [(table: String, column: String)] = {
    _ = pristine
    do {
      let database = try DatabaseQueue(path: Scratch.folder + "/pristine.sqlite")
      return try database.read { db in
        let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return try tables.flatMap { table in try db.columns(in: table).map { (table, $0.name) } }
      }
    } catch { fatalError("\(error)") }
  }()
}
