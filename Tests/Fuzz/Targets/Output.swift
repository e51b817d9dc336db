import Files
import Model
import Text

@testable import Render

extension FuzzTarget {
  /// A task's output, read by the rules of each service that is shipped.
  static let output = FuzzTarget("output") { bytes in
    var input = FuzzInput(bytes)
    let frames = TaskFrames(
      first: input.anyNumber(), increment: input.anyNumber(), count: input.anyNumber(), passes: input.anyNumber())
    let cut = Int(input.byte()) + 1
    let text = input.rest()
    for rules in shippedRules {
      var parser = OutputParser(rules: rules, frames: frames)
      for start in stride(from: 0, to: text.count, by: cut) { parser.feed(text[start..<min(start + cut, text.count)]) }
      parser.finish()
      let progress = parser.progress
      demand((-1...100).contains(progress.percent) && (-1...100).contains(progress.framePercent), "per cent are 0 to 100")
      demand(progress.activity.utf8.count <= 1024 && progress.report.utf8.count <= 1024, "what it says of itself is short")
    }
  }

  /// What everybody may write and a terminal shows.
  static let text = FuzzTarget("text") { bytes in
    var input = FuzzInput(bytes)
    let cut = Int(input.byte()) + 1
    let all = input.rest()
    let text = String(decoding: all, as: UTF8.self)
    let line = Sanitize.line(text)
    demand(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }, "a line has no controls")
    demand(Sanitize.line(line) == line, "what is harmless stays as it is")
    for columns in [0, 1, 2, 7, 80] {
      demand(Width.of(Width.cut(line, to: columns)) <= columns, "what is cut fits")
      demand(Width.of(Width.fit(line, to: columns)) == columns, "what is fitted has its width")
    }
    var whole = OutputFilter()
    let shown = whole.feed(all) + whole.finish()
    var portions = OutputFilter()
    var parts = ""
    for start in stride(from: 0, to: all.count, by: cut) { parts += portions.feed(all[start..<min(start + cut, all.count)]) }
    parts += portions.finish()
    demand(Array(parts.utf8) == Array(shown.utf8), "output is shown alike wherever it was cut")
  }

  private static let shippedRules: [[ParserRule]] = {
    let folder = #filePath.split(separator: "/").dropLast(4).map(String.init)
    guard let catalog = try? ServiceCatalog(folder: "/" + (folder + ["services"]).joined(separator: "/")) else {
      fatalError("the services of the source tree cannot be read")
    }
    demand(catalog.faults.isEmpty, "the shipped services are right")
    return catalog.names.compactMap { try? catalog.service($0).rules }.filter { !$0.isEmpty }
  }()
}
