import Foundation
import Model
import Testing

@Suite("The manual and the examples of jobs")
struct ManualTests {
  private static let page = (try? String(contentsOf: file("man/reeve-job.5"), encoding: .utf8)) ?? ""
  private static let pools = (try? String(contentsOf: file("man/reeve-pools.7"), encoding: .utf8)) ?? ""

  /// The keys that stand in macros `.Cm` between two headings.
  private static func keys(from: String, to: String) -> Set<String> {
    guard let start = page.range(of: from), let end = page.range(of: to, range: start.upperBound..<page.endIndex) else { return [] }
    var keys: Set<String> = []
    for line in page[start.upperBound..<end.lowerBound].split(separator: "\n") {
      if line.hasPrefix(".It Cm ") {
        let names = line.dropFirst(".It ".count).split(separator: " : ")[0].replacingOccurrences(of: "Cm ", with: "")
        for name in names.components(separatedBy: " , ") { keys.insert(name) }
      } else if line.hasPrefix(".Cm "), line.hasSuffix(" ,") || line.hasSuffix(" .") {
        keys.insert(String(line.dropFirst(4).dropLast(2)))
      }
    }
    return keys
  }

  /// The entries `.It Cm key : words` between two headings with the text below each.
  private static func entries(
    from: String, to: String, in page: String = page
  ) -> [String: (words: String, text: String)] {
    guard let start = page.range(of: from), let end = page.range(of: to, range: start.upperBound..<page.endIndex) else {
      return [:]
    }
    var entries: [String: (words: String, text: String)] = [:]
    for entry in page[start.upperBound..<end.lowerBound].components(separatedBy: "\n.It Cm ").dropFirst() {
      let lines = entry.split(separator: "\n", maxSplits: 1)
      let parts = lines[0].components(separatedBy: " : ")
      for name in parts[0].components(separatedBy: " , Cm ") { entries[name] = (parts.last ?? "", String(lines.last ?? "")) }
    }
    return entries
  }

  private static func compare<Node>(_ table: ParameterTable<Node>, _ from: String, _ to: String) {
    let entries = entries(from: from, to: to)
    #expect(Set(entries.keys) == Set(table.parameters.map(\.key)))
    for parameter in table.parameters {
      guard let entry = entries[parameter.key] else { continue }
      let unit = parameter.unit.isEmpty ? "" : ", in \(parameter.unit)"
      #expect(entry.words == parameter.kind.words + unit, "\(parameter.key)")
      #expect(entry.text.contains("Fixed at submission.") == !parameter.isEditable, "\(parameter.key)")
      if let number = parameter.defaultValue?.integer, number != 0 || !entry.text.contains("Default: ") {
        #expect(entry.text.contains("Default: \(number)."), "\(parameter.key)")
      }
    }
  }

  @Test("says of each key what the tables say")
  func keys() {
    #expect(!Self.page.isEmpty)
    Self.compare(Parameters.job, ".Ss Keys of a job", ".Ss Keys of a block")
    Self.compare(Parameters.block, ".Ss Keys of a block", ".Ss Keys of a task")
    Self.compare(Parameters.task, ".Ss Keys of a task", ".Ss Patterns")
    let computed = Set(Parameters.job.computed).union(Parameters.block.computed)
    #expect(Self.keys(from: ".Ss Keys that a server computes", to: ".Sh ENVIRONMENT") == computed)
  }

  /// Keys stand in a section of their node's own and in one that two kinds of nodes share.
  private static func comparePools<Node>(_ table: ParameterTable<Node>, _ sections: [(String, String)]) {
    var entries: [String: (words: String, text: String)] = [:]
    for (from, to) in sections {
      entries.merge(Self.entries(from: ".Ss " + from + "\n", to: to + "\n", in: pools), uniquingKeysWith: { $1 })
    }
    #expect(Set(entries.keys) == Set(table.parameters.map(\.key)))
    for parameter in table.parameters {
      guard let entry = entries[parameter.key] else { continue }
      #expect(entry.words == parameter.kind.words + (parameter.unit.isEmpty ? "" : ", in \(parameter.unit)"), "\(parameter.key)")
    }
  }

  @Test("says of pools, renders, branches and users what their tables say")
  func nodes() {
    let farm = ("Keys of pools and renders", ".Ss Keys of a render")
    let work = ("Keys of branches and users", ".Ss Keys of a user")
    Self.comparePools(Parameters.pool, [("Keys of a pool", ".Ss Keys of pools and renders"), farm])
    Self.comparePools(Parameters.render, [("Keys of a render", ".Ss Keys of a branch"), farm])
    Self.comparePools(Parameters.branch, [("Keys of a branch", ".Ss Keys of branches and users"), work])
    Self.comparePools(Parameters.user, [("Keys of a user", ".Sh EXAMPLES"), work])
  }

  private static func file(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(path)
  }

  @Test("the example is a good job, and nothing in it is without effect")
  func example() throws {
    let reading = try JobDocument.read(Data(contentsOf: Self.file("examples/povray.json")), defaultUser: "ann")
    #expect(reading.warnings.isEmpty)
    #expect(reading.job.blocks.map(\.taskCount) == [24, 1])
    #expect(try BlockDependencies(reading.job.blocks).whole == [[], [0]])
  }

  @Test("the jobs and blocks that the manual shows are good")
  func shown() throws {
    let parts = Self.page.components(separatedBy: ".Bd -literal -offset indent\n").dropFirst()
    let shown = parts.compactMap { $0.components(separatedBy: "\n.Ed").first }.filter { $0.hasPrefix("{") }
    #expect(shown.count == 4)
    for text in shown {
      var document = text.replacingOccurrences(of: "\\e", with: "\\")
      if !document.contains("\"job\"") {
        document =
          #"{"job":{"name":"j","blocks":[{"name":"render","command":"c","frame_first":1,"frame_last":200},"# + document + "]}}"
      }
      #expect(throws: Never.self) { try JobDocument.read(document.utf8, defaultUser: "ann") }
    }
  }
}
