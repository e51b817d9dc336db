import Model
import Settings

@testable import Console
@testable import Render

extension FuzzTarget {
  /// A configuration file.
  static let settings = FuzzTarget("settings") { bytes in
    let path = Scratch.file("settings.json", bytes)
    guard let settings = try? Settings.load(files: [path], environment: [:]) else { return }
    for rule in SettingRule.read { _ = (settings.string(rule.name), settings.integer(rule.name), settings.bool(rule.name)) }
    _ = settings.changes(to: Settings())
    _ = try? PathMap(settings.json("pathsmap")).mapped("/mnt/proj/a.pov -o /mnt/projects/b")
  }

  /// A theme of the console.
  static let theme = FuzzTarget("theme") { bytes in
    _ = try? ThemeFile.parse(String(decoding: bytes, as: UTF8.self), path: "theme.yaml", name: "theme")
  }

  /// Key bindings of the console.
  static let bindings = FuzzTarget("bindings") { bytes in
    _ = try? KeyFile.parse(String(decoding: bytes, as: UTF8.self), path: "keys.yaml")
  }

  /// What a console keeps, and a console that begins with it.
  static let habits = FuzzTarget("habits") { bytes in
    guard let kept = try? Kept.parse(bytes) else { return }
    demand((try? Kept.parse(Array(kept.text.utf8))) != nil, "what was read can be written and read")
    var options = ConsoleOptions(user: "anna", server: "farm")
    options.kept = kept
    let size = Size(rows: 24, columns: 80)
    _ = draw(ConsoleModel(options: options, size: size, now: Instant(seconds: 1)), size, .dark)
  }

  /// A filter as it is typed, of each list.
  static let filter = FuzzTarget("filter", longest: 500) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    if let filter = try? FilterExpression<JobField>(text) { _ = try? filter.jobState() }
    if let filter = try? FilterExpression<RenderField>(text) { _ = try? filter.renderState() }
    if let filter = try? FilterExpression<TaskField>(text) { _ = try? filter.jobState() }
    let row = ServerLine(number: 1, time: .never, level: "notice", text: "job 12: done é")
    if let filter = try? FeedFilter(text) { _ = filter.passes(row) }
  }

  /// A service of the agent, and a text that its rules are tried on.
  static let service = FuzzTarget("service") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    guard let service = try? ServiceFile.parse(text, file: "service.yaml", name: "service") else { return }
    var parser = OutputParser(rules: service.rules, frames: TaskFrames(first: 1, increment: 1, count: 10))
    parser.feed(Array("Progress: 12%\nFra:7 1234\nframe=  12 of 20 50.5 01:02:03\nerror: no\n".utf8))
    parser.finish()
  }
}
