import Model
import Testing

@testable import Server

@Suite("the last events") struct EventRingTests {
  private func event(_ number: Int, _ object: String = "job 2") -> FarmEvent {
    FarmEvent(
      number: UInt64(number), time: Instant(seconds: Int64(number)), name: .jobDone, object: object, user: "ann", info: "",
      isSent: false)
  }

  @Test("are found by what a reader has seen, also where numbers are left out")
  func places() {
    let ring = EventRing([event(3), event(5), event(4096)])
    #expect([0, 2, 3, 4, 5, 4095, 4096, 9999].map { ring.place(after: $0) } == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect(ring.lastNumber == 4096)
    #expect(ring.lastLost == 0)
    #expect(EventRing().place(after: 7) == 0)
  }

  @Test("are bounded, and it is known from where on they are kept")
  func bounds() {
    var ring = EventRing((1...Limits.events).map { event($0) })
    // A store that is full may have held more.
    #expect(ring.lastLost == 0)
    for number in 1...3 { ring.append(event(Limits.events + number)) }
    #expect(ring.count == Limits.events)
    #expect(ring.lastLost == 3)
    #expect(EventRing((8...(Limits.events + 7)).map { event($0) }).lastLost == 7)
  }

  @Test("of one node are the last of that node")
  func objects() {
    let ring = EventRing((1...20).map { event($0, $0.isMultiple(of: 5) ? "render r1" : "job 2") })
    #expect(ring.last(2, of: "render r1").map(\.number) == [15, 20])
    #expect(ring.last(3, of: "").map(\.number) == [18, 19, 20])
    #expect(ring.last(100, of: "job 2").count == 16)
    #expect(ring.last(0, of: "").isEmpty)
  }

  @Test("do not tell of jobs that were given up")
  func withdrawal() {
    var ring = EventRing([event(1, "job 2"), event(2, "job 22"), event(3, "render job 2")])
    ring.withdraw([JobID(2)])
    #expect(ring.last(10, of: "").map(\.number) == [2, 3])
  }
}

@Suite("the end of an output") struct OutputTailTests {
  @Test("is whole when it is short, with controls made visible")
  func short() {
    var tail = OutputTail()
    tail.append(Array("one\n".utf8)[...])
    tail.append(Array("two\u{1B}[2J\n\n".utf8)[...])
    #expect(tail.text == "one\ntwo␛[2J")
    #expect(OutputTail().text == "")
  }

  @Test("begins with a whole line when it is long, and is bounded whatever comes")
  func long() {
    var tail = OutputTail()
    for number in 0..<10_000 { tail.append(Array("line \(number)\n".utf8)[...]) }
    let lines = tail.text.split(separator: "\n")
    #expect(lines.first == "…" && lines.last == "line 9999")
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("line ") })
    tail.append([UInt8](repeating: 0x41, count: 1 << 20)[...])
    #expect(tail.text.utf8.count < 5000)
  }
}
