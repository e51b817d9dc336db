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

  /// A service of the agent, and a text that its rules are tried on.
  static let service = FuzzTarget("service") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    guard let service = try? ServiceFile.parse(text, file: "service.yaml", name: "service") else { return }
    var parser = OutputParser(rules: service.rules, frames: TaskFrames(first: 1, increment: 1, count: 10))
    parser.feed(Array("Progress: 12%\nFra:7 1234\nframe=  12 of 20 50.5 01:02:03\nerror: no\n".utf8))
    parser.finish()
  }
}
