import Foundation
import Model
import Scheduler
import TestSupport
import Testing

@testable import Server

@Suite("the SQLite store") struct StoreTests {
  static let spec = JobSpec(
    name: "j", user: "ann",
    blocks: [
      BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: 100, perTask: 1, increment: 1)), command: "true", flags: .numeric)
    ])

  static func job(_ id: UInt32) -> StoredJob {
    StoredJob(
      id: JobID(id), spec: spec,
      state: StoredJobState(
        id: JobID(id), priority: 42, isOffline: true, created: Instant(seconds: 5), started: Instant(seconds: 6)))
  }
  static func task(_ job: UInt32, _ task: Int, _ phase: TaskPhase = .done) -> StoredTask {
    StoredTask(
      key: TaskKey(job: JobID(job), block: BlockIndex(0), task: TaskIndex(task)), phase: phase, flags: [.warning, .parserError],
      starts: 3,
      errors: 2, render: RenderID(7), started: Instant(seconds: 10), finished: Instant(seconds: 20), reason: "it “broke”")
  }

  @Test("what was appended is loaded again, value for value")
  func roundTrip() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let run = StoredRun(lease: Lease(.max - 1), key: Self.task(2, 4).key, render: RenderID(7), started: Instant(seconds: 9))
    let render = StoredRender(
      id: RenderID(7), name: "r7", agent: "uuid", user: "root", capacity: 1100, maxTasks: 4, priority: 9, state: [.nimby, .paused],
      registered: Instant(seconds: 1))
    let user = StoredUser(name: "ann", registered: Instant(seconds: 2))
    var never = Self.task(2, 5, .errorReady)
    never.render = nil
    never.reason = ""
    do {
      let store = try SQLiteStore(path: scratch.file("a.sqlite"))
      try store.append([
        .putJob(Self.job(2)), .putTask(Self.task(2, 4)), .putTask(never), .putRun(run), .putRender(render), .putUser(user),
        .putCounter(.lease, .max), .putCounter(.job, 3),
      ])
      try store.close()
    }
    let loaded = try SQLiteStore(path: scratch.file("a.sqlite")).load()
    #expect(loaded.jobs.map(\.id) == [JobID(2)])
    #expect(loaded.jobs.first?.spec == Self.spec)
    #expect(loaded.jobs.first?.state == Self.job(2).state)
    #expect(loaded.tasks == [Self.task(2, 4), never])
    #expect(loaded.runs == [run])
    #expect(loaded.renders == [render])
    #expect(loaded.users == [user])
    #expect(loaded.counters == [.lease: .max, .job: 3])
  }

  @Test("later changes replace and remove earlier ones")
  func changes() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    var state = Self.job(2).state
    state.done = Instant(seconds: 30)
    try store.append([.putJob(Self.job(2)), .putTask(Self.task(2, 1)), .putTask(Self.task(2, 2)), .putTask(Self.task(2, 3))])
    try store.append([.putTask(Self.task(2, 1, .error)), .deleteTask(Self.task(2, 2).key), .putJobState(state)])
    var loaded = try store.load()
    #expect(loaded.tasks == [Self.task(2, 1, .error), Self.task(2, 3)])
    #expect(loaded.jobs.first?.state.done == Instant(seconds: 30))
    try store.append([.deleteTasks(JobID(2), BlockIndex(0))])
    loaded = try store.load()
    #expect(loaded.tasks.isEmpty)
  }

  @Test("a deleted job is gone at once, and its rows by and by")
  func deletion() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    let run = StoredRun(lease: Lease(9), key: Self.task(2, 4).key, render: RenderID(7), started: Instant(seconds: 9))
    try store.append([.putJob(Self.job(2)), .putJob(Self.job(3)), .putRun(run), .putTask(Self.task(3, 1))])
    try store.append((0..<25_000).map { .putTask(Self.task(2, $0)) })
    try store.append([.deleteJob(JobID(2))])
    let loaded = try store.load()
    #expect(loaded.jobs.map(\.id) == [JobID(3)])
    #expect(loaded.tasks == [Self.task(3, 1)])
    #expect(loaded.runs.isEmpty)
    #expect(try store.taskRows() == 25_001)
    var portions = 0
    while try store.compact() { portions += 1 }
    #expect(portions == 2)
    #expect(try store.taskRows() == 1)
  }

  @Test("a kill loses nothing that was appended: the files as they lie there hold it")
  func kill() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.append([.putJob(Self.job(2))])
    for task in 0..<50 { try store.append([.putTask(Self.task(2, task)), .putCounter(.lease, UInt64(task))]) }
    // Never closed: what another process finds after SIGKILL are these files.
    for name in ["a.sqlite", "a.sqlite-wal"] {
      try FileManager.default.copyItem(atPath: scratch.file(name), toPath: scratch.file("copy-" + name))
    }
    let loaded = try SQLiteStore(path: scratch.file("copy-a.sqlite")).load()
    #expect(loaded.tasks.count == 50)
    #expect(loaded.counters[.lease] == 49)
    withExtendedLifetime(store) {}
  }

  @Test("a log torn at any place gives whole batches, from the first on")
  func torn() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.append([.putJob(Self.job(2))])
    for task in 0..<30 {
      try store.append([.putTask(Self.task(2, 2 * task)), .putTask(Self.task(2, 2 * task + 1)), .putCounter(.lease, UInt64(task))])
    }
    let log = try Data(contentsOf: URL(fileURLWithPath: scratch.file("a.sqlite-wal")))
    let main = try Data(contentsOf: URL(fileURLWithPath: scratch.file("a.sqlite")))
    var random = SystemRandomNumberGenerator()
    var seen: Set<Int> = []
    for number in 0..<12 {
      let length = Int.random(in: 0...log.count, using: &random)
      var torn = log.prefix(length)
      // Half of them with a page of nonsense at the end, as a write that was under way may leave.
      if number.isMultiple(of: 2), torn.count > 4096 {
        torn.replaceSubrange(torn.endIndex - 2048..<torn.endIndex, with: Data(count: 2048))
      }
      let path = scratch.file("torn\(number).sqlite")
      try main.write(to: URL(fileURLWithPath: path))
      try torn.write(to: URL(fileURLWithPath: path + "-wal"))
      let loaded = try SQLiteStore(path: path).load()
      let count = loaded.tasks.count
      #expect(count.isMultiple(of: 2), "torn at \(length) of \(log.count)")
      #expect(loaded.tasks.map { Int($0.key.task.value) } == Array(0..<count))
      #expect(loaded.counters[.lease] == (count == 0 ? nil : UInt64(count / 2 - 1)))
      seen.insert(count)
    }
    #expect(seen.count > 1)
    withExtendedLifetime(store) {}
  }

  @Test("a batch is kept whole or not at all")
  func atomic() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.append([.putJob(Self.job(2))])
    try store.forbidTask(13)
    #expect(throws: StoreFailure.self) { try store.append((0..<20).map { .putTask(Self.task(2, $0)) }) }
    #expect(try store.load().tasks.isEmpty)
    try store.append([.putTask(Self.task(2, 1))])
    #expect(try store.load().tasks.count == 1)
  }

  @Test("a file of a newer version is refused and left alone")
  func newer() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    do {
      let store = try SQLiteStore(path: scratch.file("a.sqlite"))
      try store.pretendNewer()
      try store.close()
    }
    #expect { try SQLiteStore(path: scratch.file("a.sqlite")) } throws: { "\($0)".contains("newer version") }
  }

  @Test("a file that is no database is named")
  func damaged() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    try scratch.write(String(repeating: "no database at all. ", count: 500), to: "a.sqlite")
    #expect { try SQLiteStore(path: scratch.file("a.sqlite")) } throws: { error in
      (error as? StoreFailure)?.reason == .damaged && "\(error)".contains("a.sqlite")
    }
  }

  @Test("too little room is said with numbers")
  func room() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.probe(bytes: 1000)
    #expect { try store.probe(bytes: 1 << 60) } throws: { ($0 as? StoreFailure)?.reason == .diskFull }
  }

  @Test("--store takes SQLite files and says that PostgreSQL is not there yet")
  func addresses() throws {
    #expect(try StoreAddress(parsing: nil, state: "/s") == .sqlite(path: "/s/reeve.sqlite"))
    #expect(try StoreAddress(parsing: "sqlite:/x/y", state: "/s") == .sqlite(path: "/x/y"))
    #expect { try StoreAddress(parsing: "postgresql://h/d", state: "/s") } throws: { "\($0)".contains("not in this version") }
    #expect(throws: Failure.self) { try StoreAddress(parsing: "mysql:x", state: "/s") }
    #expect(throws: Failure.self) { try StoreAddress(parsing: "sqlite:", state: "/s") }
  }
}
