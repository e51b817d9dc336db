import Glibc
import Model
import Testing

@testable import Console

@Suite struct ThemeTests {
  private func file(_ name: String) -> String {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    guard let file = fopen("\(root)/themes/\(name).yaml", "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test("the built-in themes are the ones of the files")
  func builtIn() throws {
    #expect(try ThemeFile.parse(file("dark"), path: "dark.yaml", name: "dark") == .dark)
    #expect(try ThemeFile.parse(file("mono"), path: "mono.yaml", name: "mono") == .mono)
  }

  @Test(
    "every theme that is shipped is right, and tells states apart",
    arguments: ["dark", "light", "military", "hello-kitty", "high-contrast", "colour-blind", "mono"])
  func shipped(_ name: String) throws {
    let theme = try ThemeFile.parse(file(name), path: "\(name).yaml", name: name)
    #expect(theme.doubts == [])
    for state in [StateLetter.running, .error] { #expect(theme[state] != theme[.ready]) }
    #expect(theme[.cursor] != theme[.text])
    #expect(theme[.alarm] != theme[.text])
  }

  @Test(
    "a fault is told with file, line, key and what was expected",
    arguments: [
      ("name: x\nroles:\n  hedaer: { fg: 1 }\n", "t.yaml:3: roles.hedaer: no such key; expected one of: text, muted, heading"),
      ("roles:\n  text: { fg: 256 }\n", "t.yaml:2: roles.text.fg: expected default, a palette entry from 0 to 255, or \"#rrggbb\""),
      ("roles:\n  text: { fg: \"#12345\" }\n", "t.yaml:2: roles.text.fg: expected default"),
      ("states:\n  done: { bold: 7 }\n", "t.yaml:2: states.done.bold: expected true or false"),
      ("states:\n  done: red\n", "t.yaml:2: states.done: expected a style such as"),
      ("states:\n  done: { colour: 1 }\n", "t.yaml:2: states.done.colour: no such key; expected one of: fg, bg, bold"),
      ("base: blue\n", "t.yaml:1: base: expected dark, mono or plain"), ("what: 1\n", "t.yaml:1: what: no such key"),
      ("- a\n- b\n", "t.yaml:1: the theme: expected keys and values"), ("", "t.yaml: empty"), ("a: [\n", "t.yaml: not YAML"),
    ])
  func faults(_ text: String, _ message: String) {
    let failure = #expect(throws: Failure.self) { try ThemeFile.parse(text, path: "t.yaml", name: "t") }
    #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
  }

  @Test("two looks that should be told apart and cannot are doubted")
  func doubts() throws {
    let theme = try ThemeFile.parse(
      "base: dark\nroles:\n  cursor: { }\n  match: { fg: 5, bg: 5 }\nstates:\n  error: { fg: 220, bold: true }\n", path: "t",
      name: "t")
    #expect(
      theme.doubts == [
        "roles.cursor looks as roles.text does: nobody sees which row is meant",
        "states.error looks as states.running does: errors hide between running tasks",
        "roles.match: its text has the colour of its ground",
      ])
  }

  @Test("in high contrast every text stands out from its ground, 7 to 1")
  func contrast() throws {
    let theme = try ThemeFile.parse(file("high-contrast"), path: "t", name: "t")
    let ground = theme[.text]
    for role in Theme.Role.allCases { #expect(Self.contrast(theme[role].over(ground)) >= 7, "\(role.name)") }
    for state in StateLetter.allCases { #expect(Self.contrast(theme[state].over(ground)) >= 7, "\(state)") }
    for look in Theme.RenderLook.allCases { #expect(Self.contrast(theme[look].over(ground)) >= 7, "\(look)") }
  }

  /// As WCAG 2 has it.
  private static func contrast(_ style: Style) -> Double {
    func luminance(_ color: Color) -> Double {
      guard case .rgb(let red, let green, let blue) = color.kind else { return 0 }
      let parts = [red, green, blue].map { part -> Double in
        let value = Double(part) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    let (a, b) = (luminance(style.foreground), luminance(style.background))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test(
    "a terminal that shows any colour is driven by a description that has them",
    arguments: [
      ("xterm-256color", "truecolor", ["xterm-direct"]), ("xterm", "24bit", ["xterm-direct", "xterm-256color"]),
      ("xterm-256color", "", []), ("xterm-256color", "yes", []), ("tmux-direct", "truecolor", []), ("", "truecolor", []),
    ])
  func kinds(_ term: String, _ colorTerm: String, _ better: [String]) {
    #expect(TerminalKind.better(term: term, colorTerm: colorTerm) == better)
  }

  @Test("a theme may be based on another and change a little")
  func based() throws {
    let theme = try ThemeFile.parse(
      "roles:\n  heading: { fg: \"#ff8800\", underline: true }\nbase: dark\n", path: "t.yaml", name: "t")
    #expect(theme[.heading] == Style(.rgb(255, 136, 0), on: .terminal, .underline))
    #expect(theme[.header] == Theme.dark[.header])
  }

  @Test("colours: the running job's state is in the running colour, the cursor's row on its ground")
  func colours() {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    let grid = console.picture
    // The first R of the row: RUN.
    let at = (0..<80).first { grid[2, $0].scalar == 0x52 } ?? 0
    #expect(grid[2, at].style.foreground == Theme.dark[.running].foreground)
    #expect(grid[2, at].style.background == Theme.dark[.cursor].background)
    #expect(grid[2, 0].scalar == 0x25B8)
  }

  @Test("without a connection the rows are greyed, their words kept")
  func stale() {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    console.happens(.link(.lost(reason: "x", nextTry: console.now)))
    let grid = console.picture
    #expect(grid.text[3].contains("shot_010"))
    #expect(grid[3, 8].style.foreground == Theme.dark[.stale].foreground)
  }
}
