import Model
import Testing

@testable import Scheduler

/// Sections 3.9 and 3.10: what a task takes of a render and of its pools.
@Suite("3.9, 3.10 capacity, services and tickets")
struct TicketTests {
  struct Coefficient: CustomTestStringConvertible {
    var name: String
    var least: Int32 = 0
    var most: Int32 = 0
    /// How often a task of capacity 100 gets it on a render of capacity 1050; nil: it does not start.
    var expected: Int32?
    var testDescription: String { name }
  }

  @Test(
    "capacity",
    arguments: [
      Coefficient(name: "3.9 without coefficients: once", expected: 1),
      Coefficient(name: "3.9 variable: as often as it fits", least: 1, expected: 10),
      Coefficient(name: "3.9 at most coeff_max", least: 1, most: 4, expected: 4),
      Coefficient(name: "3.9 coeff_max alone", most: 3, expected: 3),
      Coefficient(name: "3.9 at least coeff_min", least: 10, expected: 10),
      Coefficient(name: "3.9 below coeff_min: no start", least: 11, expected: nil),
    ])
  func coefficient(_ row: Coefficient) {
    var driver = FarmDriver()
    let render = driver.register("r1", capacity: 1050)
    driver.submit(
      job(
        frames(1, 1, capacity: 100).with {
          $0.capacityCoeffMin = row.least
          $0.capacityCoeffMax = row.most
        }))
    #expect(driver.starts.map(\.capacityCoefficient) == (row.expected.map { [$0] } ?? []))
    #expect(driver.farm.render(render)?.capacityUsed == (row.expected ?? 0) * 100)
    driver.finish(JobID(2), 0)
    #expect(driver.farm.render(render)?.capacityUsed == 0)
  }

  @Test("3.9 a render has capacity_host, from itself, its agent or the nearest pool; every task takes its capacity until it ended")
  func capacity() {
    var driver = FarmDriver()
    driver.pool("/a", ("pattern", .string("r.*")), ("capacity_host", .integer(500)))
    let render = driver.register("r1", capacity: -1)
    #expect(driver.farm.render(render)?.capacity == 500)
    driver.edit(.renders(.names(["r1"])), ("capacity_host", .integer(1000)))
    let id = driver.submit(job(frames(1, 9, capacity: 300)))
    #expect(driver.farm.render(render)?.capacityUsed == 900)
    driver.edit(.renders(.names(["r1"])), ("capacity_host", .integer(-1)))
    driver.finish(id, 0)
    // Less than what runs already: nothing more starts.
    #expect(driver.farm.render(render)?.capacityUsed == 600)
    #expect(driver.starts.isEmpty)
  }

  // MARK: Services

  struct Service: CustomTestStringConvertible {
    var name: String
    /// What the render, its pool /a/b, and those above list and disable.
    var levels: [String: (services: [String], disabled: [String])]
    var isAllowed: Bool
    var testDescription: String { name }
    init(_ name: String, _ isAllowed: Bool, _ levels: [String: (services: [String], disabled: [String])]) {
      (self.name, self.isAllowed, self.levels) = (name, isAllowed, levels)
    }
  }

  @Test(
    "service nuke on r1 of pool /a/b",
    arguments: [
      Service("3.10 service: nobody lists any: yes", true, [:]),
      Service("3.10 service: disabled on the render: no", false, ["r1": ([], ["nuke"])]),
      Service("3.10 service: listed on the render: yes", true, ["r1": (["nuke"], [])]),
      Service("3.10 service: disabled before listed on the same level: no", false, ["r1": (["nuke"], ["nuke"])]),
      Service("3.10 service: others listed on the render: no", false, ["r1": (["maya"], [])]),
      Service("3.10 service: disabled by its pool: no", false, ["/a/b": ([], ["nuke"])]),
      Service("3.10 service: listed by its pool: yes", true, ["/a/b": (["nuke"], [])]),
      Service(
        "3.10 service: the nearest level decides: listed below what disables it", true,
        ["r1": (["nuke"], []), "/a": ([], ["nuke"])]),
      Service(
        "3.10 service: the nearest level decides: disabled below what lists it", false,
        ["/a/b": ([], ["nuke"]), "/": (["nuke"], [])]),
      Service(
        "3.10 service: the render lists others, a pool above this one: yes", true, ["r1": (["maya"], []), "/": (["nuke"], [])]),
      Service("3.10 service: only the root lists, and others: no", false, ["/": (["maya"], [])]),
    ])
  func service(_ row: Service) {
    var driver = FarmDriver()
    driver.pool("/a/b", ("pattern", .string("r.*")))
    driver.pool("/a", ("pattern", .string("r.*")))
    driver.register("r1")
    for (level, says) in row.levels {
      let target: EditTarget = level == "r1" ? .renders(.names(["r1"])) : .pools(.names([level]))
      driver.edit(
        target, ("services", .array(says.services.map { .string($0) })),
        ("services_disabled", .array(says.disabled.map { .string($0) })))
    }
    let id = driver.submit(job(frames(1, 1, service: "nuke")))
    #expect(driver.letters(id) == (row.isAllowed ? "R" : "r"))
  }

  // MARK: Tickets

  struct Ticket: CustomTestStringConvertible {
    var name: String
    /// Keys with their values, by node.
    var levels: [(String, String, JSONValue)]
    /// How many tasks of two tickets each start on r1.
    var starts: Int
    var testDescription: String { name }
    init(_ name: String, _ starts: Int, _ levels: [(String, String, JSONValue)]) {
      (self.name, self.starts, self.levels) = (name, starts, levels)
    }
  }

  @Test(
    "tasks that take two of ticket T on r1 of pool /a/b",
    arguments: [
      Ticket("3.10 ticket: nobody defines it: unlimited", 9, []),
      Ticket("3.10 host ticket: of the render", 2, [("r1", "tickets_host.T", .integer(5))]),
      Ticket(
        "3.10 host ticket: of the nearest pool", 1, [("/a/b", "tickets_host.T", .integer(2)), ("/", "tickets_host.T", .integer(8))]),
      Ticket(
        "3.10 host ticket: the render's before its pools'", 3,
        [("r1", "tickets_host.T", .integer(6)), ("/a", "tickets_host.T", .integer(2))]),
      Ticket("3.10 host ticket: none", 0, [("/", "tickets_host.T", .integer(0))]),
      Ticket("3.10 pool ticket: count - usage at least as many as wanted", 3, [("/a/b", "tickets_pool.T", .integer(7))]),
      Ticket("3.10 pool ticket: of a pool above", 2, [("/", "tickets_pool.T", .integer(4))]),
      Ticket(
        "3.10 pool ticket: along the whole chain; Afanasy looks at the nearest alone", 1,
        [("/a/b", "tickets_pool.T", .integer(9)), ("/", "tickets_pool.T", .integer(3))]),
      Ticket(
        "3.10 pool and host ticket: the lesser", 2, [("/", "tickets_pool.T", .integer(9)), ("r1", "tickets_host.T", .integer(4))]),
      Ticket("3.10 pool ticket: none", 0, [("/a", "tickets_pool.T", .integer(0))]),
      Ticket(
        "3.10 pool ticket: max_hosts 0", 0, [("/", "tickets_pool.T", .array([.integer(9), .integer(0), .integer(0), .integer(0)]))]),
    ])
  func ticket(_ row: Ticket) {
    var driver = FarmDriver()
    driver.pool("/a/b", ("pattern", .string("r.*")))
    driver.pool("/a", ("pattern", .string("r.*")))
    driver.register("r1", capacity: 100_000)
    for (level, key, value) in row.levels {
      let outcome = driver.edit(level == "r1" ? .renders(.names(["r1"])) : .pools(.names([level])), (key, value)).first
      #expect(outcome?.isDone == true, "\(outcome?.message ?? "")")
    }
    let id = driver.submit(job(frames(1, 9).with { $0.tickets = ["T": 2] }))
    #expect(driver.starts.count == row.starts)
    // What ends gives its tickets to the next.
    if row.starts > 0, row.starts < 9 {
      driver.finish(id, 0)
      #expect(driver.starts.count == 1)
    }
  }

  @Test("3.10 pool ticket: its use is noted in all pools of the chain, and taken back at the end")
  func usage() {
    var driver = FarmDriver()
    driver.pool("/a/b", ("pattern", .string("r.*")))
    driver.pool("/a", ("pattern", .string("r.*")))
    driver.edit(.pools(.names(["/a"])), ("tickets_pool.T", .integer(6)))
    driver.register("r1", capacity: 100_000)
    let id = driver.submit(job(frames(1, 2).with { $0.tickets = ["T": 2] }))
    #expect(driver.farm.poolSummaries().map { $0.ticketsUsed["T"] } == [4, 4, 4])
    driver.finish(id, 0)
    #expect(driver.farm.poolSummaries().map { $0.ticketsUsed["T"] } == [2, 2, 2])
    driver.restart()
    #expect(driver.farm.poolSummaries().map { $0.ticketsUsed["T"] } == [2, 2, 2])
  }

  @Test("3.10 max_hosts: a render that holds the ticket may take more, another only when one gave all of its back")
  func maxHosts() {
    var driver = FarmDriver()
    driver.edit(
      .pools(.names(["/"])), ("tickets_pool.T", .array([.integer(20), .integer(0), .integer(0), .integer(1)])))
    driver.register("r1", capacity: 2000)
    let id = driver.submit(job(frames(1, 5).with { $0.tickets = ["T": 2] }))
    #expect(driver.letters(id) == "RRrrr")
    driver.register("r2", capacity: 2000)
    #expect(driver.starts.isEmpty)
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0)
    #expect(driver.starts.isEmpty)
    driver.finish(id, 1)
    #expect(driver.startedNames == ["r2", "r2"])
  }
}
