import Logging
import Model
import Scheduler
import TestSupport
import Testing
import Wire

@testable import Server

/// What screens follow: the journal and the server's own log.
@Suite("feeds") struct FeedTests {
  private func subscribe(_ guest: Guest, _ number: UInt32, _ topic: WireSubscribe.OneOf_Topic) {
    var subscribe = WireSubscribe()
    subscribe.subscription = number
    subscribe.topic = topic
    guest.send(.subscribe(subscribe))
  }

  private static func journal(after: UInt64 = 0, last: UInt32 = 0) -> WireSubscribe.OneOf_Topic {
    var view = WireJournalView()
    view.after = after
    view.last = last
    return .journal(view)
  }

  private static func log(after: UInt64 = 0, last: UInt32 = 0) -> WireSubscribe.OneOf_Topic {
    var view = WireServerLogView()
    view.after = after
    view.last = last
    return .serverLog(view)
  }

  private func lines(_ guest: Guest, _ number: UInt32, until text: String) async throws -> [WireServerLine] {
    try await guest.frames.first("a line with \(text)") { frames in
      let all = ViewTests.updates(frames, number).flatMap(\.serverLines)
      return all.contains { $0.text.contains(text) } ? all : nil
    }
  }

  private func entries(_ guest: Guest, _ number: UInt32, until text: String) async throws -> [WireJournalRow] {
    try await guest.frames.first("an entry with \(text)") { frames in
      let all = ViewTests.updates(frames, number).flatMap(\.journal)
      return all.contains { $0.info.contains(text) } ? all : nil
    }
  }

  private func set(_ guest: Guest, _ job: UInt32, _ key: String, _ value: JSONValue) async throws {
    let edit = EditRequest(target: .jobs(.ids([JobID(job)])), changes: [.init(key: key, value: value)])
    _ = try await guest.connection.request(.edit(WireEdit(edit)))
  }

  @Test("the journal is told as it grows: who, where from, what, of what, from what to what; each line once, over connections too")
  func journal() async throws {
    let house = try await House.open()
    let reader = try await house.guest(.console)
    let guest = try await house.guest()
    let job = try await guest.submit(document("job"), isPaused: true)
    subscribe(reader, 1, Self.journal(last: 10))
    let first = try await entries(reader, 1, until: "\"job\" of")
    #expect(first.count == 1 && first[0].type == "jobs submit" && first[0].object == "job \(job)")
    try await set(guest, job, "priority", .integer(150))
    let all = try await entries(reader, 1, until: "priority: 99 -> 150")
    #expect(all.map(\.type) == ["jobs submit", "jobs set"] && all[1].subject == "ann@desk")
    #expect(ViewTests.updates(reader.frames.all, 1).map(\.snapshot) == [true, false])
    await reader.connection.close()

    try await set(guest, job, "priority", .integer(7))
    let again = try await house.guest(.console)
    subscribe(again, 4, Self.journal(after: all[1].number, last: 10))
    #expect(try await entries(again, 4, until: "-> 7").map(\.info) == ["priority: 150 -> 7"])
    #expect(ViewTests.updates(again.frames.all, 4).allSatisfy { !$0.eventsLost })
    for one in [again, guest] { await one.connection.close() }
    await house.close()
  }

  @Test("what the store kept of the journal is told after a restart; a long line is cut, and is whole in the store")
  func restarted() async throws {
    let store = TrickStore()
    let long = "custom_data: " + String(repeating: "é", count: 5000)
    for (number, info) in [(UInt64(3), "an old one"), (7, long)] {
      let entry = JournalEntry(
        number: number, time: Instant(seconds: 1), subject: "ann@desk", type: "jobs set", object: "job 2", info: info)
      try store.append([.journal(entry)])
    }
    let house = try await House.open(store: store)
    let reader = try await house.guest(.console)
    subscribe(reader, 1, Self.journal(last: 10))
    let told = try await entries(reader, 1, until: "custom_data")
    #expect(told.map(\.number) == [3, 7])
    #expect(told[1].info.utf8.count <= Limits.feedTextBytes + 3 && told[1].info.hasSuffix("é…"))
    var list = WireListJournal()
    list.limit = 1
    guard case .journal(let answer) = try await reader.connection.request(.listJournal(list)) else { throw Guest.WrongAnswer() }
    #expect(answer.rows.first?.info == long)
    await reader.connection.close()
    await house.close()
  }

  @Test("a line of the journal is told when it is kept, not before")
  func durable() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest(.console)
    let job = try await guest.submit(document("job"), isPaused: true)
    subscribe(guest, 1, Self.journal(last: 10))
    _ = try await entries(guest, 1, until: "\"job\" of")
    let begun = store.begun
    let release = store.block()
    let edit = EditRequest(target: .jobs(.ids([JobID(job)])), changes: [.init(key: "priority", value: .integer(5))])
    async let answer = guest.connection.request(.edit(WireEdit(edit)))
    try await eventually("the store has it") { store.begun > begun }
    // What is answered behind it has come, the line not.
    _ = try await guest.jobs()
    #expect(!ViewTests.updates(guest.frames.all, 1).flatMap(\.journal).contains { $0.info.contains("-> 5") })
    release()
    _ = try await answer
    _ = try await entries(guest, 1, until: "-> 5")
    await guest.connection.close()
    await house.close()
  }

  @Test("the server's log is told as it is written, to whoever looks, with the levels; passwords are not in it")
  func serverLog() async throws {
    let house = try await House.open()
    let reader = try await house.guest(.console)
    subscribe(reader, 1, Self.log(last: 50))
    _ = try await reader.frames.first("a snapshot") { ViewTests.updates($0, 1).first { $0.snapshot } }
    let guest = try await house.guest()
    try await guest.raise()
    _ = try await lines(reader, 1, until: "is administrator now")
    let wrong = "a wrong password of mine"
    await #expect { try await guest.raise(by: wrong) } throws: { ($0 as? Failure)?.code == .notPermitted }
    let all = try await lines(reader, 1, until: "wrong password from ann@desk")
    #expect(all.last { $0.text.contains("wrong password from ann@desk") }?.level == "warning")
    #expect(!all.contains { $0.text.contains(wrong) || $0.text.contains(TestPasswords.administrator) })
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.number < $1.number })
    #expect(ViewTests.updates(reader.frames.all, 1).count(where: \.snapshot) == 1)

    // Whoever was away hears what it missed, and nothing twice.
    let seen = all.last?.number ?? 0
    _ = try await guest.connection.request(.lowerRole(WireLowerRole()))
    subscribe(reader, 2, Self.log(after: seen, last: 50))
    #expect(try await lines(reader, 2, until: "is a user again").allSatisfy { $0.number > seen })
    for one in [reader, guest] { await one.connection.close() }
    await house.close()
  }

  @Test("the tail of the log is bounded, says what it lost, and wakes its reader once for many lines")
  func tail() {
    let tail = LogTail()
    let log = LogTape().logger(tail)
    let wakes = Inbox<Int>()
    log.info("one", metadata: ["b": "2", "a": "1"])
    tail.read { #expect($0.last(9, of: "").map(\.text) == ["one a=1 b=2"] && $0.last(9, of: "")[0].number > $0.lastLost) }
    tail.whenMore { wakes.add(1) }
    for number in 0..<(Limits.serverLines + 5) { log.notice("line \(number) \(String(repeating: "x", count: number * 3))") }
    #expect(wakes.all.count == 1)
    tail.read { ring in
      #expect(ring.count == Limits.serverLines)
      #expect(ring[0].text.hasPrefix("line 5 ") && ring.lastLost == ring[0].number - 1)
      #expect((0..<ring.count).allSatisfy { ring[$0].text.utf8.count <= Limits.feedTextBytes + 3 })
    }
    log.notice("one more")
    #expect(wakes.all.count == 2)
    tail.whenMore(nil)
    tail.read { _ in }
    log.notice("unheard")
    #expect(wakes.all.count == 2)
    // Another start's lines are later ones.
    var begin: UInt64 = 0
    LogTail().read { begin = $0.lastNumber }
    tail.read { #expect($0[0].number < begin) }
  }
}
