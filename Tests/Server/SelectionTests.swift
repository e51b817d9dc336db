import Model
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("orders on all rows that match") struct SelectionTests {
  private struct WrongAnswer: Error {}

  private func plain(_ name: String, frames: Int) -> String {
    """
    {"job": {"name": "\(name)", "blocks": [
      {"name": "block", "service": "generic", "command": "true @#@", "frame_first": 1, "frame_last": \(frames)}]}}
    """
  }

  private struct Fixture {
    var house: House
    var guest: Guest
  }

  private func open(jobs: Int = 3) async throws -> Fixture {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest(.console)
    for number in 0..<jobs { try await guest.submit(plain("sim \(number)", frames: 1), isPaused: true) }
    try await guest.submit(plain("comp", frames: 1), isPaused: true)
    return Fixture(house: house, guest: guest)
  }

  private func close(_ fixture: Fixture) async {
    await fixture.guest.connection.close()
    await fixture.house.close()
  }

  private func select(_ guest: Guest, mask: String) async throws -> WireRowsSelected {
    var request = WireSelectRows()
    request.jobs.mask = mask
    guard case .rowsSelected(let answer) = try await guest.connection.request(.selectRows(request)) else { throw WrongAnswer() }
    return answer
  }

  private func order(
    _ guest: Guest, _ selection: UInt64, _ order: WireOrderSelected.OneOf_Order
  ) async throws -> [WireNodeOutcome] {
    var request = WireOrderSelected()
    request.selection = selection
    request.order = order
    guard case .edited(let answer) = try await guest.connection.request(.orderSelected(request)) else { throw WrongAnswer() }
    return answer.outcomes
  }

  private func operate(_ kind: Operation.Kind) -> WireOrderSelected.OneOf_Order {
    var operate = WireOperate()
    operate.kind = UInt32(kind.rawValue)
    return .operate(operate)
  }

  @Test("they are counted and named, and exactly those are hit: what comes later is not")
  func hit() async throws {
    let fixture = try await open()
    let guest = fixture.guest
    let selected = try await select(guest, mask: "^sim")
    #expect(selected.count == 3)
    #expect(selected.first.count == 3 && selected.first[0].hasSuffix("sim 0 (ann)"))
    let late = try await guest.submit(plain("sim late", frames: 1), isPaused: true)
    let outcomes = try await order(guest, selected.selection, operate(.start))
    #expect(outcomes.map(\.node) == ["3 jobs"] && outcomes.allSatisfy(\.done))
    let paused = try await guest.jobs().filter { StateBits(rawValue: $0.state).contains(.offline) }.map(\.name)
    #expect(Set(paused) == ["comp", "sim late"])
    #expect(late > 0)
    await close(fixture)
  }

  @Test("a selection is used once, is its connection's, and gives way to the next one")
  func once() async throws {
    let fixture = try await open()
    let other = try await fixture.house.guest(.console)
    let first = try await select(fixture.guest, mask: "sim")
    await #expect(throws: Failure.self) { try await order(other, first.selection, operate(.start)) }
    let second = try await select(fixture.guest, mask: "comp")
    await #expect(throws: Failure.self) { try await order(fixture.guest, first.selection, operate(.start)) }
    #expect(try await order(fixture.guest, second.selection, operate(.delete)).map(\.node) == ["1 job"])
    await #expect(throws: Failure.self) { try await order(fixture.guest, second.selection, operate(.start)) }
    await other.connection.close()
    await close(fixture)
  }

  @Test("rows that were refused are told with the reason: one went in the meantime")
  func refused() async throws {
    let fixture = try await open()
    let selected = try await select(fixture.guest, mask: "sim")
    let gone = try #require(try await fixture.guest.jobs().first { $0.name == "sim 1" }).id
    try await fixture.guest.operate(.delete, gone)
    let outcomes = try await order(fixture.guest, selected.selection, operate(.start))
    #expect(outcomes.map(\.node) == ["2 jobs", "job \(gone)"] && outcomes.map(\.done) == [true, false])
    #expect(outcomes[1].message == "there is no job \(gone)")
    await close(fixture)
  }

  @Test("parameters of many are set; more rows than one slice take the order as one")
  func slices() async throws {
    let fixture = try await open(jobs: SelectedOrder.step + 20)
    let selected = try await select(fixture.guest, mask: "sim")
    var edit = WireEdit(EditRequest(target: .jobs(.ids([])), changes: [.init(key: "priority", value: .integer(7))]))
    #expect(try await order(fixture.guest, selected.selection, .edit(edit)).map(\.node) == ["\(SelectedOrder.step + 20) jobs"])
    let rows = try await fixture.guest.jobs().filter { $0.name.hasPrefix("sim") }
    #expect(rows.count == SelectedOrder.step + 20 && rows.allSatisfy { $0.priority == 7 })
    // A fault is told before anything is done.
    let again = try await select(fixture.guest, mask: "sim")
    edit.changes[0].value = "300"
    await #expect(throws: Failure.self) { try await order(fixture.guest, again.selection, .edit(edit)) }
    await close(fixture)
  }

  @Test("nothing that matches is no selection; an order for renders is not for jobs; the system job is never among them")
  func refusals() async throws {
    let fixture = try await open()
    await #expect(throws: Failure.self) { try await select(fixture.guest, mask: "nobody") }
    let all = try await select(fixture.guest, mask: "")
    #expect(all.count == 4)
    var renders = WireOperateRenders()
    renders.kind = 1
    await #expect(throws: Failure.self) { try await order(fixture.guest, all.selection, .operateRenders(renders)) }
    await close(fixture)
  }

  @Test("a bound on all connections together: the oldest selection is forgotten first")
  func bounded() {
    var selections = Selections()
    let numbers = (0...Selections.most).map { selections.keep(.users(["u\($0)"]), of: ConnectionID(UInt64($0))) }
    #expect(selections.take(numbers[0], of: ConnectionID(0)) == nil)
    #expect(selections.take(numbers[1], of: ConnectionID(1)) == .users(["u1"]))
    #expect(selections.take(numbers[1], of: ConnectionID(1)) == nil)
  }
}
