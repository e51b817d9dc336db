import Foundation
import Model
import Testing

@Suite("The manual and the examples of jobs")
struct ManualTests {
  private static let page = (try? String(contentsOf: file("man/reeve-job.5"), encoding: .utf8)) ?? ""

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

  private static func keys(_ rules: [KeyRule], _ standing: (KeyRule.Standing) -> Bool) -> Set<String> {
    Set(rules.filter { standing($0.standing) }.map(\.name))
  }

  private static func isActedOnOrKept(_ standing: KeyRule.Standing) -> Bool {
    switch standing {
    case .enforced, .kept: true
    case .later, .computed: false
    }
  }
  private static func isLater(_ standing: KeyRule.Standing) -> Bool { if case .later = standing { true } else { false } }
  private static func isComputed(_ standing: KeyRule.Standing) -> Bool { if case .computed = standing { true } else { false } }

  @Test("says of each key what the tables say")
  func keys() {
    #expect(!Self.page.isEmpty)
    #expect(Self.keys(from: ".Ss Keys of a job", to: ".Ss Keys of a block") == Self.keys(JobKeys.all, Self.isActedOnOrKept))
    // Mentions of keys in the text are among them.
    let blockKeys = Self.keys(from: ".Ss Keys of a block", to: ".Ss Keys of a task")
    #expect(blockKeys == Self.keys(BlockKeys.all, Self.isActedOnOrKept))
    #expect(Self.keys(from: ".Ss Keys of a task", to: ".Ss Patterns") == Self.keys(TaskKeys.all, Self.isActedOnOrKept))
    #expect(Self.keys(from: "In a job:", to: "In a block:") == Self.keys(JobKeys.all, Self.isLater))
    #expect(Self.keys(from: "In a block:", to: "Keys that a server computes") == Self.keys(BlockKeys.all, Self.isLater))
    let computed = Self.keys(JobKeys.all, Self.isComputed).union(Self.keys(BlockKeys.all, Self.isComputed))
    #expect(Self.keys(from: "Keys that a server computes", to: ".Sh ENVIRONMENT") == computed)
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
