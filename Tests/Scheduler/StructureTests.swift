import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("The scheduler's containers do what simple ones do")
struct StructureTests {
  @Test("a bit tree is a set of numbers", arguments: [1, 63, 64, 65, 4096, 4097, 300_000])
  func bitTree(bound: Int) {
    for filled in [false, true] {
      var generator = Seeded(UInt64(bound))
      var tree = BitTree(bound: bound, filled: filled)
      var plain = Set(filled ? 0..<bound : 0..<0)
      for _ in 0..<2000 {
        let number = Int.random(in: 0..<bound, using: &generator)
        if Bool.random(using: &generator) {
          tree.insert(number)
          plain.insert(number)
        } else {
          tree.remove(number)
          plain.remove(number)
        }
      }
      let sorted = plain.sorted()
      #expect(tree.isEmpty == plain.isEmpty)
      for _ in 0..<500 {
        let from = Int.random(in: 0...bound, using: &generator)
        let index = sorted.partitioningIndex { $0 >= from }
        #expect(tree.next(from: from) == (index < sorted.count ? sorted[index] : nil))
        #expect(tree.nextAbsent(from: from) == (from..<bound).first { !plain.contains($0) })
        if from < bound { #expect(tree.contains(from) == plain.contains(from)) }
      }
    }
  }

  @Test("sorted chunks are a sorted list", arguments: [1, 50, 400, 3000])
  func sortedChunks(size: Int) {
    var generator = Seeded(UInt64(size))
    var chunks = SortedChunks<Int>()
    var plain: [Int] = []
    for _ in 0..<size * 6 {
      let number = Int.random(in: 0..<size * 2, using: &generator)
      let index = plain.partitioningIndex { $0 >= number }
      if index < plain.count, plain[index] == number {
        plain.remove(at: index)
        chunks.remove(number)
      } else {
        plain.insert(number, at: index)
        chunks.insert(number)
      }
      #expect(chunks.first == plain.first)
      #expect(chunks.count == plain.count)
    }
    #expect(chunks.elements() == plain)
    for number in stride(from: -1, through: size * 2, by: max(1, size / 20)) {
      #expect(chunks.elements(after: number, limit: 7) == Array(plain.filter { $0 > number }.prefix(7)))
      #expect(chunks.neighbours(of: number).before == plain.last { $0 < number })
      #expect(chunks.neighbours(of: number).after == plain.first { $0 > number })
    }
  }

  @Test("the lease table is a dictionary")
  func leaseTable() {
    var generator = Seeded(3)
    var table = LeaseTable()
    var plain: [UInt64: Int] = [:]
    var next: UInt64 = 1
    for step in 0..<20_000 {
      if Int.random(in: 0..<10, using: &generator) < 5 || plain.isEmpty {
        table.insert(Lease(next), step)
        plain[next] = step
        next += UInt64.random(in: 1...5, using: &generator)
      } else {
        let key = UInt64.random(in: 1..<next, using: &generator)
        table.remove(Lease(key))
        plain[key] = nil
      }
      #expect(table.count == plain.count)
    }
    for key in 1..<next { #expect(table[Lease(key)] == plain[key]) }
  }

  @Test("a set finds the members before a number, and passes over those of another set")
  func previous() {
    var generator = Seeded(6)
    for bound in [1, 64, 65, 4096, 5000, 300_000] {
      var tree = BitTree(bound: bound)
      var members: Set<Int> = []
      var others = SparseBits()
      var avoided: Set<Int> = []
      for _ in 0..<200 {
        let number = Int.random(in: 0..<bound, using: &generator)
        tree.insert(number)
        members.insert(number)
        if Bool.random(using: &generator) {
          others.insert(number)
          avoided.insert(number)
        }
      }
      for _ in 0..<100 {
        let from = Int.random(in: 0..<bound, using: &generator)
        #expect(tree.previous(from: from) == members.filter { $0 <= from }.max())
        #expect(tree.next(from: from, without: others) == members.subtracting(avoided).filter { $0 >= from }.min())
        #expect(tree.previous(from: from, without: others) == members.subtracting(avoided).filter { $0 <= from }.max())
      }
      let wider = bound + Int.random(in: 0...70_000, using: &generator)
      tree.grow(to: wider)
      #expect(tree.bound == wider)
      var from = 0
      var found: [Int] = []
      while let next = tree.next(from: from) {
        found.append(next)
        from = next + 1
      }
      #expect(found == members.sorted())
      tree.insert(wider - 1)
      #expect(tree.previous(from: wider - 1) == wider - 1)
    }
  }

  @Test("timers come in the order of their moments, but for those that were taken back")
  func timers() {
    var generator = Seeded(4)
    var timers = Timers()
    var moments: [Int64] = []
    for owner in 0..<500 {
      let moment = Int64.random(in: 1...300, using: &generator)
      moments.append(moment)
      let id = timers.add(Instant(seconds: moment), .limit(run: owner))
      if Int.random(in: 0...2, using: &generator) == 0 {
        timers.cancel(id)
        moments.removeLast()
      }
    }
    #expect(timers.popDue(Instant(seconds: 0)) == nil)
    var came: [Int64] = []
    while let due = timers.popDue(Instant(seconds: 200)) { came.append(due.at.seconds) }
    #expect(came == moments.filter { $0 <= 200 }.sorted())
    #expect(timers.next == moments.filter { $0 > 200 }.min().map { Instant(seconds: $0) })
  }
}

extension Array {
  /// The first index whose element answers yes, in an array where all noes come before all yesses.
  func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
