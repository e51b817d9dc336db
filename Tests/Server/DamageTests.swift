import Foundation
import Logging
import Model
import Scheduler
import TestSupport
import Testing

@testable import Server

@Suite("a store that is damaged in part") struct DamageTests {
  private static let jobs = 30
  private static let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }

  private static func job(_ id: Int) -> StoredJob {
    let command = "render \(id) " + String(repeating: "long ", count: 300 + id)
    let spec = JobSpec(
      name: "job \(id)", user: "ann",
      blocks: [
        BlockSpec(
          name: "b", work: .numeric(Frames(first: 1, last: 100, perTask: 1, increment: 1)), command: command, flags: .numeric)
      ])
    return StoredJob(
      id: JobID(UInt32(id)), spec: spec,
      state: StoredJobState(id: JobID(UInt32(id)), priority: 42, isOffline: false, created: Instant(seconds: 5)))
  }

  /// A store with something in every table.
  private static func fill(_ path: String) throws {
    let store = try SQLiteStore(path: path)
    var changes: [StoreChange] = []
    for id in 2..<2 + Self.jobs {
      changes.append(.putJob(job(id)))
      for number in 0..<10 {
        var task = StoreTests.task(UInt32(id), number)
        task.reason = String(repeating: "reason ", count: 50)
        changes.append(.putTask(task))
      }
      let key = TaskKey(job: JobID(UInt32(id)), block: BlockIndex(0), task: TaskIndex(70))
      changes.append(
        .putRun(StoredRun(lease: Lease(UInt64(1000 + id)), key: key, render: RenderID(3), started: Instant(seconds: 9))))
      changes.append(.putUser(StoredUser(name: "user \(id) " + String(repeating: "x", count: 60), registered: Instant(seconds: 2))))
      changes.append(
        .journal(
          JournalEntry(
            number: UInt64(id), time: Instant(seconds: 1), subject: "ann", type: "submit", object: "job \(id)", info: "it")))
    }
    for render in 1...20 {
      changes.append(
        .putRender(
          StoredRender(id: RenderID(UInt32(render)), name: "r\(render)", agent: "a", user: "root", capacity: 1100, maxTasks: 4)))
    }
    changes += [.putCounter(.job, 500), .putCounter(.lease, 5000), .putCounter(.render, 50), .putCounter(.journal, 100)]
    try store.append(changes)
    try store.close()
  }

  private static func open(_ path: String) throws -> StoreOpening {
    let address = StoreAddress.sqlite(path: path)
    return try StoreOpening(open: address.open, salvage: address.salvage, log: quiet)
  }

  @Test("any page may be lost: the rest is loaded, whole jobs as they were, others paused; nothing is deleted")
  func pages() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    try Self.fill(scratch.file("whole.sqlite"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: scratch.file("whole.sqlite")))
    let pages = whole.count / 4096
    #expect(pages > 50)
    let original = try SQLiteStore(path: scratch.file("whole.sqlite")).load()
    var salvaged = 0
    var unreadable = 0
    var emptied = 0
    for page in 0..<pages {
      var bytes = whole
      let range = page * 4096..<(page + 1) * 4096
      bytes.replaceSubrange(range, with: Data(repeating: page % 3 == 0 ? 0xFF : page % 3 == 1 ? 0 : 0x35, count: 4096))
      let folder = try scratch.folder("page\(page)")
      let path = folder + "/a.sqlite"
      try bytes.write(to: URL(fileURLWithPath: path))
      let opening: StoreOpening
      do { opening = try Self.open(path) } catch let failure as StoreFailure {
        // Its table of contents: nothing can be found without it.
        unreadable += 1
        #expect(failure.reason == .damaged && failure.message.contains("--restore"), "\(failure)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes, "left alone")
        continue
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      if let aside = names.first(where: { $0.hasPrefix("a.sqlite.damaged-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }) {
        salvaged += 1
        #expect(!opening.trouble.isEmpty && opening.jobs == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + aside)).count == bytes.count)
      }
      let loaded = opening.snapshot
      let (tasks, jobs) = (Dictionary(grouping: loaded.tasks) { $0.key.job }, Dictionary(grouping: original.tasks) { $0.key.job })
      for job in loaded.jobs {
        let expected = try #require(original.jobs.first { $0.id == job.id })
        #expect(job.spec == expected.spec)
        // What is not whole does not run.
        let isWhole = tasks[job.id] == jobs[job.id]
        #expect(isWhole || job.state.isOffline, "page \(page): job \(job.id) would run again")
      }
      if original.jobs.count - loaded.jobs.count > 25 { emptied += 1 }
      for (counter, value) in original.counters { #expect(loaded.counters[counter, default: 0] >= value / 100, "page \(page)") }
      try opening.store.append([.putJob(Self.job(400))])
      #expect(try opening.store.load().jobs.last?.id == JobID(400))
      try opening.store.close()
      // The repaired one is whole.
      #expect(try SQLiteCheck.look(at: path).faults == [], "page \(page)")
      try FileManager.default.removeItem(atPath: folder)
    }
    #expect(salvaged > 20)
    #expect(emptied <= 2, "the first pages of the tables of jobs and documents: \(emptied)")
    #expect(unreadable > 0 && unreadable < 8, "the pages of the table of contents: \(unreadable)")
  }

  @Test("rows that cannot be read are set aside with their values, and what they belong to is paused")
  func rows() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = scratch.file("a.sqlite")
    try Self.fill(path)
    do {
      let store = try SQLiteStore(path: path)
      try store.execute("UPDATE job_document SET document = x'7b7b' WHERE id = 5")
      try store.execute("UPDATE task SET phase = 77 WHERE job = 6 AND task = 3")
      try store.execute("UPDATE task SET flags = 1000 WHERE job = 7 AND task = 4")
      try store.execute("UPDATE user SET parameters = 'nonsense' WHERE name LIKE 'user 9 %'")
      try store.execute("UPDATE render SET interfaces = '{' WHERE id = 2")
      try store.close()
    }
    #expect(try SQLiteCheck.look(at: path).faults.count == 5)
    let opening = try Self.open(path)
    #expect(Set(opening.store.damage.map(\.subject)).isSuperset(of: ["job 5", "task 6[0][3]", "task 7[0][4]", "render 2"]))
    #expect(opening.store.damage.count == 5)
    #expect(opening.trouble.contains("5 things could not be read"))
    #expect(opening.jobs?.contains(JobID(5)) == true, "its output is kept")
    let loaded = opening.snapshot
    #expect(loaded.jobs.count == Self.jobs - 1)
    #expect(loaded.jobs.filter(\.state.isOffline).map(\.id) == [JobID(6), JobID(7)])
    #expect(!loaded.tasks.contains { $0.key.job == JobID(5) } && !loaded.runs.contains { $0.key.job == JobID(5) })
    #expect(loaded.renders.count == 19 && loaded.users.count == Self.jobs - 1)
    try opening.store.close()
    // It is told once; what was set aside is still there.
    let again = try Self.open(path)
    #expect(again.trouble.isEmpty && again.store.damage.isEmpty)
    #expect(again.snapshot.jobs.filter(\.state.isOffline).map(\.id) == [JobID(6), JobID(7)])
    try again.store.close()
    let report = try SQLiteCheck.look(at: path)
    #expect(report.faults.isEmpty && report.setAside.count == 5)
    #expect(report.setAside.contains { $0.hasPrefix("task 6[0][3], found ") })
  }

  @Test("a file that was cut short is repaired as far as it goes")
  func cutShort() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = scratch.file("a.sqlite")
    try Self.fill(path)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    let size = try handle.seekToEnd()
    try handle.truncate(atOffset: size / 2 / 4096 * 4096)
    try handle.close()
    let opening = try Self.open(path)
    #expect(!opening.snapshot.jobs.isEmpty && !opening.trouble.isEmpty)
    try opening.store.close()
    #expect(try SQLiteCheck.look(at: path).faults == [])
  }

  @Test("a crash at any moment of the exchange of two files leaves one of them in place, and the other one beside it")
  func swap() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    // What lies there when the server is killed after so many steps.
    for steps in 0...4 {
      let folder = try scratch.folder("swap\(steps)")
      let (path, aside) = (folder + "/s", folder + "/s.aside")
      for (name, text) in [("s", "old"), ("s-wal", "old log"), ("s.new", "new")] {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
      }
      let swap = StoreSwap(path: path)
      if steps > 0 { try swap.begin(aside: aside) }
      if steps > 1 { try FileManager.default.moveItem(atPath: path + "-wal", toPath: aside + "-wal") }
      if steps > 2 { try FileManager.default.moveItem(atPath: path, toPath: aside) }
      if steps > 3 { try FileManager.default.moveItem(atPath: path + ".new", toPath: path) }
      try StoreSwap(path: path).finish()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      if steps == 0 {
        #expect(names == ["s", "s-wal", "s.new"])
      } else {
        #expect(names == ["s", "s.aside", "s.aside-wal"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(try String(contentsOfFile: aside, encoding: .utf8) == "old")
      }
    }
  }
}
