import Foundation
import Model
import Scheduler
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("the store is read while it is written") struct StoreReadingTests {
  private static func whole(_ reading: any StoreReading) throws -> [StoreChange] {
    var all: [StoreChange] = []
    while let some = try reading.next() {
      #expect(!some.isEmpty)
      all += some
    }
    #expect(try reading.next() == nil)
    return all
  }

  @Test("a reading has every field of everything, as it was when it began")
  func moment() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    let kept = ArchiveTests.everything().filter(\.isWhole)
    try store.append(kept)
    // More than one portion of each.
    try store.append((0..<5000).map { .putTask(StoreTests.task(14, $0)) })
    try store.append([.putJob(StoreTests.job(15)), .putTask(StoreTests.task(15, 1)), .deleteJob(JobID(15))])
    let reading = try store.reading(.everything)
    try store.append([.deleteJob(JobID(14)), .putJob(StoreTests.job(16)), .putUser(StoredUser(name: "zoe"))])
    let all = try Self.whole(reading)
    for change in kept {
      guard change.name != "putTask" else { continue }
      let isThere = all.contains { $0.isSame(as: change) }
      #expect(isThere, "\(change.name)")
    }
    #expect(all.count { $0.name == "putTask" } == 5001)
    let hasLater = all.contains { $0.job == JobID(15) || $0.job == JobID(16) }
    #expect(!hasLater)
    // A store made of it is the same.
    let copy = try SQLiteStore(path: scratch.file("b.sqlite"))
    try copy.append(all)
    let again = try Self.whole(try copy.reading(.everything))
    let isSame = again.count == all.count && zip(again, all).allSatisfy { $0.isSame(as: $1) }
    #expect(isSame)
    // Without what no farm is loaded from.
    let farm = try Self.whole(try store.reading(.farm))
    #expect(!farm.contains { $0.name == "journal" || $0.name == "putEvent" })
    #expect(try store.load().jobs.map(\.id) == [JobID(16)])
  }

  @Test("a restored store takes the place of the other, which is kept, and no number is given twice")
  func replacement() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = scratch.file("a.sqlite")
    do {
      let store = try SQLiteStore(path: path)
      try store.append([.putJob(StoreTests.job(2)), .putCounter(.job, 9), .putCounter(.lease, 5000)])
      try store.close()
    }
    let replacement = StoreReplacement(path: path)
    let new = try replacement.open()
    try new.append([.putJob(StoreTests.job(3)), .putCounter(.job, 3), .putCounter(.render, 7)])
    try replacement.check(new)
    // Until it is armed nothing has happened.
    do {
      let store = try SQLiteStore(path: path)
      #expect(try store.load().jobs.map(\.id) == [JobID(2)])
      try store.close()
    }
    let aside = try replacement.arm()
    #expect(aside.contains(".replaced-"))
    do {
      let store = try SQLiteStore(path: path)
      let loaded = try store.load()
      #expect(loaded.jobs.map(\.id) == [JobID(3)])
      #expect(loaded.counters[.job] == 9 && loaded.counters[.lease] == 5000 && loaded.counters[.render] == 7)
      try store.close()
    }
    #expect(try SQLiteStore(path: aside).load().jobs.map(\.id) == [JobID(2)])
  }

  @Test("where the store in use cannot be read, numbers go on far above those of the backup")
  func damaged() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = scratch.file("a.sqlite")
    try scratch.write(String(repeating: "no database at all. ", count: 500), to: "a.sqlite")
    let replacement = StoreReplacement(path: path)
    let new = try replacement.open()
    try new.append([.putJob(StoreTests.job(3)), .putCounter(.job, 3)])
    try replacement.check(new)
    _ = try replacement.arm()
    let loaded = try SQLiteStore(path: path).load()
    #expect((loaded.counters[.job] ?? 0) > 5000 && (loaded.counters[.lease] ?? 0) > 1_000_000)
  }

  @Test("a backup over the wire, and into a server: as it was, in portions; another connection's is not disturbed")
  func wire() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    try await guest.raise()
    let job = try await guest.submit(document("kept", frames: 30), isPaused: true)
    func backup(_ guest: Guest, _ portion: UInt64) async throws -> WireBackupPortion {
      var request = WireBackup()
      request.portion = portion
      guard case .backup(let answer) = try await guest.connection.request(.backup(request)) else { throw Guest.WrongAnswer() }
      return answer
    }
    let portion = try await backup(guest, 0)
    #expect(portion.end)
    let changes = try BackupReader.changes(in: [UInt8](portion.data))
    let hasJob = changes.contains { $0.job == JobID(job) && $0.name == "putJob" }
    #expect(hasJob)
    // There is no second portion of it.
    await #expect(throws: Failure.self) { try await backup(guest, 1) }

    _ = try await guest.submit(document("gone"), isPaused: true)
    var begin = WireRestoreBegin()
    begin.size = UInt64(portion.data.count)
    guard case .restorePlan(let plan) = try await guest.connection.request(.restoreBegin(begin)) else { throw Guest.WrongAnswer() }
    #expect(plan.jobs == 2)
    let other = try await house.guest()
    try await other.raise()
    await #expect(throws: Failure.self) { _ = try await other.connection.request(.restoreBegin(begin)) }
    var part = WireRestorePart()
    part.data = portion.data
    guard case .restoreTaken = try await guest.connection.request(.restorePart(part)) else { throw Guest.WrongAnswer() }
    guard case .restored(let restored) = try await guest.connection.request(.restoreCommit(WireRestoreCommit())) else {
      throw Guest.WrongAnswer()
    }
    #expect(restored.jobs == 1)
    await house.close()
    let next = try await House.open(scratch: house.scratch)
    let there = try await next.guest()
    #expect(try await there.jobs().map(\.name) == ["kept"])
    #expect(try await there.submit(document("new")) > job + 1)
    await next.close()
  }

  @Test("what is damaged on its way is refused, and the farm stays as it is")
  func refused() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    try await guest.raise()
    try await guest.submit(document("kept"), isPaused: true)
    var begin = WireRestoreBegin()
    begin.size = 100
    _ = try await guest.connection.request(.restoreBegin(begin))
    var part = WireRestorePart()
    part.data = Data("no backup at all, but long enough".utf8)
    await #expect(throws: Failure.self) { _ = try await guest.connection.request(.restorePart(part)) }
    await #expect(throws: Failure.self) { _ = try await guest.connection.request(.restoreCommit(WireRestoreCommit())) }
    #expect(try await guest.jobs().map(\.name) == ["kept"])
    let left = try FileManager.default.contentsOfDirectory(atPath: house.scratch.file("state")).filter { $0.contains("restoring") }
    #expect(left.isEmpty, "\(left)")
    await house.close()
  }
}
