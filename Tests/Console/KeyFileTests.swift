import Foundation
import Model
import Testing

@testable import Console

@Suite struct KeyFileTests {
  private func keys(_ text: String) throws -> KeyMap { try KeyFile.parse(text, path: "keys.yaml") }

  @Test("an action has the keys that the file gives it in a scope, and no others there")
  func bindings() throws {
    let map = try keys(
      """
      # mine
      everywhere:
        theme: F2
        back: [q, "Ctrl-]"]
      lists:
        filter: ["\\\\", f]
        untag: none
      log:
        wrap: W
      """)
    #expect(map.action(KeyStroke(.function(2)), in: [.everywhere]) == .theme)
    #expect(map.action(KeyStroke(.character("T")), in: [.everywhere]) == nil)
    #expect(map.action(KeyStroke(.character("]"), .control), in: [.everywhere]) == .back)
    #expect(map.action(KeyStroke(.escape), in: [.everywhere]) == nil)
    #expect(map.action(KeyStroke(.character("u")), in: [.lists]) == nil)
    #expect(map.key(of: .filter, in: [.lists]) == "\\")
    #expect(map.action(KeyStroke(.character("j")), in: [.moving]) == .down)
  }

  @Test("empty, or of comments alone, it changes nothing", arguments: ["", "# nothing\n"])
  func empty(_ text: String) throws {
    #expect(try keys(text).key(of: .quit) == "Q")
  }

  @Test(
    "faults are told with file, line, place and what to do",
    arguments: [
      ("lists:\n  fliter: f\n", "keys.yaml:2: lists.fliter: no such action here; there are: open, actions, info, explain"),
      ("list:\n  filter: f\n", "keys.yaml:1: list: no such scope; there are: everywhere, moving, lists"),
      ("lists:\n  filter: Ctrl-\n", "keys.yaml:2: lists.filter: “Ctrl-” is no key; write j, Ctrl-L"),
      ("lists:\n  filter: [a, b, c, d, e, f, g, h, i]\n", "keys.yaml:2: lists.filter: an action has at most 8 keys"),
      ("lists:\n  filter: { a: b }\n", "keys.yaml:2: lists.filter: “” is no key"),
      ("lists: f\n", "keys.yaml:1: lists: expected actions and their keys"), ("- a\n", "keys.yaml:1: the keys: expected scopes"),
      ("a: [\n", "keys.yaml: not YAML"),
      ("everywhere:\n  quit: none\n", "keys.yaml:2: everywhere.quit: has no key left; give it one"),
      ("lists:\n  filter: i\n", "keys.yaml:2: lists.filter: “i” is the key of lists.info already; give one of them another key"),
      ("lists:\n  info: X\n  tag: X\n", "keys.yaml:3: lists.tag: “X” is the key of lists.info already"),
      // On another scope's pages it would hide what is for every page, or never be found.
      ("grid:\n  zoom-in: q\n", "keys.yaml:2: grid.zoom-in: “q” is the key of everywhere.back already"),
      ("orders:\n  delete: f\n", "keys.yaml:2: orders.delete: “f” is the key of lists.filter already"),
    ])
  func faults(_ text: String, _ message: String) {
    let failure = #expect(throws: Failure.self) { try keys(text) }
    #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
  }

  @Test("one key may mean two things on pages that never meet, and two can change places")
  func apart() throws {
    let map = try keys("log:\n  follow: Alt-f\njobs:\n  sort: r\nrenders:\n  sort: R\nlists:\n  info: Alt-f\n  filter: i\n")
    #expect(map.action(KeyStroke(.character("f"), .alt), in: [.log]) == .follow)
    #expect(map.action(KeyStroke(.character("f"), .alt), in: [.lists]) == .info)
  }

  @Test("help, hints and keys go by the bindings")
  func shown() throws {
    var options = ConsoleOptions(user: "anna", server: "farm:51000")
    options.keys = try keys("everywhere:\n  help: F2\nlists:\n  filter: \"\\\\\"\n")
    var console = Fixture()
    console.model = ConsoleModel(options: options, size: Size(rows: 24, columns: 80), now: console.now)
    console.connect()
    console.showJobs(Sample.jobs)
    console.happens(.tick, after: 60)
    #expect(console.status.contains("F2 help") && console.status.contains("\\ filter"))
    console.type("\\")
    #expect(console.model.prompt?.kind == .filter)
    console.type("Esc", "F2")
    #expect(console.text.contains { $0.contains("  \\ ") && $0.contains("filter:") })
  }

  /// `REEVE_UPDATE_GOLDEN=1` writes the page's table anew.
  @Test("reeve-keys(5) has the table of actions as it is")
  func manual() throws {
    let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/man/reeve-keys.5"
    let page = try #require(read(path))
    let begin = try #require(page.range(of: "too.\n"))
    let end = try #require(page.range(of: ".Sh FILES\n"))
    let table = Action.Scope.allCases.map(Self.section).joined()
    if getenv("REEVE_UPDATE_GOLDEN") != nil {
      let file = try #require(fopen(path, "w"))
      fputs(page[..<begin.upperBound] + table + page[end.lowerBound...], file)
      fclose(file)
    } else {
      #expect(String(page[begin.upperBound..<end.lowerBound]) == table)
    }
  }

  /// `REEVE_UPDATE_GOLDEN=1` writes the page's table anew.
  @Test("reeve-watch(1) has the table of orders as it is")
  func orders() throws {
    let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/man/reeve-watch.1"
    let page = try #require(read(path))
    let begin = try #require(page.range(of: ".\\\" The table of orders.\n"))
    let end = try #require(page.range(of: ".\\\" The end of the table.\n"))
    let table = Order.Kind.allCases.map(Self.section).joined()
    if getenv("REEVE_UPDATE_GOLDEN") != nil {
      let file = try #require(fopen(path, "w"))
      fputs(page[..<begin.upperBound] + table + page[end.lowerBound...], file)
      fclose(file)
    } else {
      #expect(String(page[begin.upperBound..<end.lowerBound]) == table)
    }
  }

  private static func section(_ kind: Order.Kind) -> String {
    let lines = Order.table.filter { $0.kind == kind }.map { order in
      let key = order.key.isEmpty ? "a " + roff(order.letter) : roff(order.key)
      var notes: [String] = []
      if order.isAskedFirst { notes.append("asks first") }
      if order.role > .user { notes.append("for \(order.role == .administrator ? "administrators" : "super users")") }
      let title =
        order.title.prefix(1) == "n" || order.title.hasPrefix("NIMBY")
        ? order.title : order.title.prefix(1).lowercased() + order.title.dropFirst()
      let text = ([title.hasSuffix("…") ? String(title.dropLast()) : title] + notes).joined(separator: "; ")
      return ".It Cm \(order.action.rawValue) Pq \(key)\n\(text)\n"
    }
    return ".Pp\nOn \(kind.plural):\n.Pp\n.Bl -tag -width Ds -compact\n\(lines.joined()).El\n"
  }

  private func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 17)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func section(_ scope: Action.Scope) -> String {
    let entries = Action.table.filter { $0.scope == scope }
    if entries.isEmpty { return "" }
    let lines = entries.map { entry in
      let keys = entry.keys.map { roff($0.description) }.joined(separator: " , ")
      return ".It Cm \(entry.action.rawValue)\(keys.isEmpty ? "" : " Pq \(keys)")\n\(entry.help)\n"
    }
    return ".Ss \(scope.name)\n.Bl -tag -width Ds -compact\n\(lines.joined()).El\n"
  }

  /// As a manual page writes it: punctuation alone would be taken for roff's.
  private static func roff(_ key: String) -> String {
    let isWord = key.count > 1 || key.allSatisfy { $0.isLetter || $0.isNumber }
    return isWord ? key : key == "\\" ? "\\e" : "\\&" + key
  }
}
