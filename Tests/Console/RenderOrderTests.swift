import Model
import Testing

@testable import Console

@Suite("orders on renders") struct RenderOrderTests {
  private func console(isReadOnly: Bool = false) -> Fixture {
    var console = Fixture(isReadOnly: isReadOnly, screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    if !isReadOnly { console.may(.administrator) }
    return console
  }

  private func orders(_ effects: [ConsoleEffect]) -> [String] {
    effects.compactMap {
      if case .operateRenders(_, let order, let names) = $0 { "\(order.word) \(names.joined(separator: " "))" } else { nil }
    }
  }

  @Test("the menu has every order, with a key each, none of them twice")
  func menu() {
    var console = console()
    console.type("a")
    guard case .menu(let menu)? = console.model.overlay else { return #expect(Bool(false)) }
    for order in RenderOrder.allCases {
      #expect(Order.table.contains { $0.kind == .render && $0.deed == .renders(order) })
    }
    #expect(menu.entries.count == Order.table.count { $0.kind == .render })
    #expect(menu.entries.allSatisfy { !$0.key.isEmpty })
    #expect(Set(menu.entries.map(\.key)).count == menu.entries.count)
    #expect(console.text.joined().contains("Wake by network"))
  }

  @Test(
    "what takes a machine away or ends work asks first; another's render asks whatever is done", arguments: ["s", "E", "o", "d"])
  func asks(_ key: String) {
    var console = console()
    #expect(orders(console.type("a", key)).isEmpty)
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(!question.isVerbChosen && question.question.contains(Sample.renders[0].name))
    #expect(orders(console.type("Enter")).isEmpty)
    #expect(orders(console.type("a", key, "y")).count == 1)
  }

  @Test("tagged renders are hit together, by name, and are tagged no more when it is done")
  func tagged() {
    var console = console()
    console.type("Space", "Space", "a", "w")
    let names = Sample.renders.prefix(2).map(\.name)
    #expect(orders(console.type("y")) == ["wake \(names.joined(separator: " "))"])
    #expect(console.model.tags.renders.count == 2)
    console.happens(
      .rendersOperated(
        console.model.lastRequest,
        .success([
          RenderAnswer(name: names[0], isDone: true, message: "is woken"),
          RenderAnswer(name: names[1], isDone: false, message: "is online"),
        ])))
    #expect(console.model.tags.renders.values.map(\.name) == [names[1]])
    guard case .answers(let answers)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(answers.done == 1 && answers.refused.map(\.name) == [names[1]])
    #expect(console.text.contains { $0.contains(names[1]) && $0.contains("is online") })
    console.type("Esc")
    #expect(console.status.contains("\(names[1]): is online"))
  }

  @Test("read only, nothing is sent")
  func readOnly() {
    var console = console(isReadOnly: true)
    #expect(orders(console.type("a", "w")).isEmpty)
    #expect(console.status.contains("--read-only"))
  }
}
