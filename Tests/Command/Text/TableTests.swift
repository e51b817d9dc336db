import Testing
import Text

@Suite("Tables")
struct TableTests {
  private func table() -> Table {
    var table = Table([
      .init("ID", .right), .init("NAME", minimum: 6), .init("USER", dropRank: 2), .init("PRI", .right, dropRank: 1), .init("NOTE"),
    ])
    table.add(["7", "short", "ann", "99", "x"])
    table.add(["12345", "a name that is rather long", "日本", "5", ""])
    return table
  }

  @Test("columns are aligned, and no line ends with spaces")
  func full() {
    #expect(
      table().lines() == [
        "   ID  NAME                        USER  PRI  NOTE",
        "    7  short                       ann    99  x",
        "12345  a name that is rather long  日本    5",
      ])
  }

  @Test("on a narrow terminal wide columns are narrowed first")
  func narrowed() {
    #expect(
      table().lines(width: 36) == [
        "   ID  NAME          USER  PRI  NOTE",
        "    7  short         ann    99  x",
        "12345  a name that…  日本    5",
      ])
  }

  @Test("then columns are left out by rank")
  func dropped() {
    #expect(
      table().lines(width: 21) == [
        "   ID  NAME      NOTE",
        "    7  short     x",
        "12345  a name …",
      ])
  }

  @Test("at last lines are cut; none is ever wider than asked", arguments: 0...60)
  func neverWider(width: Int) {
    for line in table().lines(width: width) { #expect(Width.of(line) <= width) }
  }

  @Test("colours surround the text and do not count")
  func colours() {
    var table = Table([.init("STATE"), .init("N", .right)])
    table.add([.init("ERR", .error), "1"])
    #expect(table.lines(colours: true)[1] == "\u{1B}[31mERR  \u{1B}[0m  1")
    #expect(table.lines()[1] == "ERR    1")
  }

  @Test("a later page is as wide as the one before")
  func pages() {
    var next = Table(table().columns)
    next.add(["8", "b", "bob", "1", "y"])
    next.minimumWidths = table().widths
    #expect(next.lines(header: false) == ["    8  b                           bob     1  y"])
  }

  @Test("cells cannot carry control sequences")
  func hostile() {
    var table = Table([.init("NAME")])
    table.add(["\u{1B}[2Jevil\nname"])
    #expect(table.lines()[1] == "␛[2Jevil␊name")
  }
}
