import Model
import Scheduler
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("group commit") struct CommitQueueTests {
  /// What the queue lets out is seen by the jobs whose output it removes.
  final class Seen: Sendable {
    let removed = Inbox<UInt32>()
    let news = Inbox<String>()
  }

  private func queue(_ store: TrickStore, _ seen: Seen) -> CommitQueue {
    CommitQueue(
      store: store, retry: CommitQueue.Retry(first: 10, last: 20),
      news: { news in
        switch news {
        case .failing(_, let withdrawn): seen.news.add("failing \(withdrawn.map(\.value))")
        case .tight: seen.news.add("tight")
        case .well: seen.news.add("well")
        }
      }, removeOutput: { seen.removed.add($0.value) })
  }

  private func batch(_ number: UInt32, rows: Int = 1) -> CommitQueue.Batch {
    CommitQueue.Batch(rows: (0..<rows).map { _ in .putCounter(.job, UInt64(number)) }, removed: [JobID(number)])
  }
  private func counters(_ changes: [StoreChange]) -> [UInt64] {
    changes.compactMap { if case .putCounter(_, let value) = $0 { value } else { nil } }
  }

  @Test("nothing leaves before it is kept; what gathers meanwhile is one transaction, in order")
  func group() async throws {
    let store = TrickStore()
    let seen = Seen()
    let queue = queue(store, seen)
    let open = store.block()
    queue.commit(batch(1))
    try await eventually("the first append") { store.begun == 1 }
    for number in 2...5 { queue.commit(batch(UInt32(number), rows: number)) }
    queue.commit(batch(6, rows: 0))
    #expect(seen.removed.all.isEmpty)
    #expect(queue.waitingRows == 14)
    open()
    _ = try await seen.removed.first("all six") { $0.count == 6 ? true : nil }
    #expect(seen.removed.all == [1, 2, 3, 4, 5, 6])
    #expect(store.batches.count == 2)
    #expect(counters(store.changes) == [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5])
  }

  @Test("what needs no store goes at once when nothing waits")
  func direct() throws {
    let store = TrickStore()
    let seen = Seen()
    let queue = queue(store, seen)
    queue.commit(batch(1, rows: 0))
    #expect(seen.removed.all == [1])
    #expect(store.begun == 0)
  }

  @Test("when the store fails, submits are given up and the rest is kept in order when it is well again")
  func failing() async throws {
    let store = TrickStore()
    let seen = Seen()
    let queue = queue(store, seen)
    store.fail { _ in diskFull }
    queue.commit(batch(1))
    _ = try await seen.news.first("bad news") { $0.first }
    var submit = CommitQueue.Batch(
      rows: [.putCounter(.job, 2), .putJob(StoreTests.job(9)), .putTask(StoreTests.task(9, 1))], removed: [JobID(2)])
    submit.submitted = [JobID(9)]
    queue.commit(submit)
    _ = try await seen.news.first("the withdrawal") { $0.contains("failing [9]") ? true : nil }
    queue.commit(batch(3))
    #expect(seen.removed.all.isEmpty)
    store.fail(nil)
    _ = try await seen.news.first("good news") { $0.contains("well") ? true : nil }
    _ = try await seen.removed.first("all three") { $0.count == 3 ? true : nil }
    #expect(seen.removed.all == [1, 2, 3])
    #expect(counters(store.changes) == [1, 2, 3])
    #expect(store.changes.count == 3, "nothing of the job that was given up")
  }

  @Test("after a failure submits are welcome only when there is room for one")
  func tight() async throws {
    let store = TrickStore()
    let seen = Seen()
    let queue = queue(store, seen)
    store.fail { _ in diskFull }
    store.failProbe(diskFull)
    queue.commit(batch(1))
    _ = try await seen.news.first("bad news") { $0.first }
    store.fail(nil)
    _ = try await seen.news.first("tight news") { $0.contains("tight") ? true : nil }
    _ = try await seen.removed.first("the batch") { $0.first }
    #expect(!seen.news.all.contains("well"))
    store.failProbe(nil)
    _ = try await seen.news.first("good news") { $0.contains("well") ? true : nil }
  }

  @Test("a server that stops waits for the store, but not for ever")
  func drain() async throws {
    let store = TrickStore()
    let seen = Seen()
    let queue = queue(store, seen)
    let before = await withCheckedContinuation { done in queue.drain(patience: 10) { done.resume(returning: $0) } }
    #expect(before)
    queue.commit(batch(1))
    let kept = await withCheckedContinuation { done in queue.drain(patience: 10_000) { done.resume(returning: $0) } }
    #expect(kept)
    store.fail { _ in diskFull }
    queue.commit(batch(2))
    let lost = await withCheckedContinuation { done in queue.drain(patience: 50) { done.resume(returning: $0) } }
    #expect(!lost)
    #expect(counters(store.changes) == [1])
  }
}
