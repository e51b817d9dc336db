import Logging
import NIOCore
import Testing

@testable import Server

@Suite("who is let in") struct AdmissionTests {
  private static let second = AddressBook.second

  private static func key(_ text: String) throws -> AddressKey {
    try #require(AddressKey(try SocketAddress(ipAddress: text, port: 1)))
  }

  @Test("an address has so many connections at once, and others have theirs")
  func atOnce() throws {
    var book = AddressBook(limits: .init(atOnce: 3, perSecond: 1000, burst: 1000))
    let (one, other) = (try Self.key("10.0.0.1"), try Self.key("10.0.0.2"))
    for _ in 0..<3 { #expect(book.admit(one, at: 0) == .welcome) }
    #expect(book.admit(one, at: 0) == .refused(.tooMany, count: 1))
    #expect(book.admit(other, at: 0) == .welcome)
    book.leave(one)
    #expect(book.admit(one, at: 0) == .welcome)
  }

  @Test("an address makes so many in one go, and then so many a second")
  func rate() throws {
    var book = AddressBook(limits: .init(atOnce: 1000, perSecond: 10, burst: 20))
    let key = try Self.key("10.0.0.1")
    for _ in 0..<20 { #expect(book.admit(key, at: 0) == .welcome) }
    #expect(book.admit(key, at: 0) == .refused(.tooFast, count: 1))
    // Half a second later there are five more.
    let welcome = (0..<10).filter { _ in book.admit(key, at: Self.second / 2) == .welcome }.count
    #expect(welcome == 5)
    // However long it waits, it has no more than its burst.
    let later = (0..<100).filter { _ in book.admit(key, at: 1000 * Self.second) == .welcome }.count
    #expect(later == 20)
  }

  @Test("what is refused is told once a second, with how many it were")
  func told() throws {
    var book = AddressBook(limits: .init(atOnce: 0, perSecond: 1, burst: 1))
    let key = try Self.key("10.0.0.1")
    #expect(book.admit(key, at: 0) == .refused(.tooMany, count: 1))
    for _ in 0..<7 { #expect(book.admit(key, at: Self.second / 2) == .refused(.tooMany, count: nil)) }
    #expect(book.admit(key, at: Self.second) == .refused(.tooMany, count: 8))
  }

  @Test("whatever number of addresses come, they leave no more behind than the quiet ones that are remembered")
  func bounded() {
    var book = AddressBook(limits: .init(atOnce: 10, perSecond: 1, burst: 1000))
    var most = 0
    for number in 0..<300_000 {
      let key = AddressKey(v4: UInt32(number))
      #expect(book.admit(key, at: 0) == .welcome)
      book.leave(key)
      most = max(most, book.count)
    }
    #expect(most <= 2 * AddressBook.quietBound + 2)
    // Those that have been quiet for long enough are forgotten for nothing.
    for number in 0..<300_000 {
      let key = AddressKey(v4: UInt32(number))
      _ = book.admit(key, at: Int64(number) * Self.second)
      book.leave(key)
    }
    #expect(book.count <= 2048)
  }

  @Test("of IPv6 a whole network is one address; an address of IPv4 in its clothes is what it is")
  func keys() throws {
    #expect(try Self.key("2001:db8:1:2::1") == Self.key("2001:db8:1:2:ffff::9"))
    #expect(try Self.key("2001:db8:1:2::1") != Self.key("2001:db8:1:3::1"))
    #expect(try Self.key("::ffff:10.0.0.1") == Self.key("10.0.0.1"))
    #expect(try Self.key("::ffff:10.0.0.1") != Self.key("10.0.0.2"))
    #expect(try Self.key("10.0.0.1") != Self.key("::"))
  }

  @Test("those that say nothing have a quarter of the places; the server's own machine has all of them, others theirs")
  func places() throws {
    let tape = LogTape()
    var limits = Admission.Limits(connections: 100)
    limits.address.atOnce = 10
    let admission = Admission(limits: limits, log: tape.logger)
    let (near, far) = (try SocketAddress(ipAddress: "127.0.0.1", port: 1), try SocketAddress(ipAddress: "10.0.0.1", port: 1))
    let strangers = (0..<100).compactMap { _ in admission.enter(near, at: 0) }
    #expect(strangers.count == 25)
    #expect(tape.contains("25 have not said who they are"))
    for _ in strangers { admission.greet() }
    let guests = (0..<20).compactMap { _ in admission.enter(far, at: 0) }
    #expect(guests.count == 10)
    #expect(tape.contains("connection from 10.0.0.1 refused: it has 10 (af_server_address_connections)"))
    for _ in guests { admission.greet() }
    var more = 0
    while admission.enter(near, at: 2 * Self.second) != nil {
      admission.greet()
      more += 1
    }
    #expect(more == 65)
    #expect(tape.contains("100 are open (af_server_max_connections)"))
    for entry in strangers + guests { admission.leave(entry, isGreeted: true) }
    #expect(admission.open == 65)
    #expect(admission.strangers == 0)
    #expect(admission.enter(far, at: 2 * Self.second) != nil)
  }
}
