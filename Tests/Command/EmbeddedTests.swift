import Model
import Testing

@testable import Command

@Suite("the commands inside another program") struct EmbeddedTests {
  @Test(
    "what changes the farm is known as that",
    arguments: [
      "start 12", "delete 12 --yes", "set jobs 12 priority=5", "render-do sleep r1", "submit job.json", "run -- true",
      "append 12 more.json", "sysjob restart events", "pool create /a", "branch delete /a", "user delete anna", "render delete r1",
    ])
  func changes(_ line: String) throws {
    let command = try EmbeddedCommand.parse(line)
    #expect(command.changesTheFarm && command.inside == nil)
  }

  @Test(
    "what only looks is known as that", arguments: ["jobs", "job 12", "pools", "pool /a", "sysjob", "sysjob log", "explain 'a b'"])
  func looks(_ line: String) throws {
    let command = try EmbeddedCommand.parse(line)
    #expect(!command.changesTheFarm && command.inside == nil)
  }

  @Test(
    "what waits, follows, or is for a shell says so",
    arguments: [
      "wait 12", "log 12 0 0", "events --follow", "completions bash", "backup f", "restore f", "submit --wait f",
      "run --wait -- true",
    ])
  func refused(_ line: String) throws { #expect(try EmbeddedCommand.parse(line).inside != nil) }

  @Test("standard input is the terminal's: it cannot be read; a quote that is open is told")
  func input() {
    #expect(throws: Failure.self) { try EmbeddedCommand.parse("submit -") }
    #expect(throws: Failure.self) { try EmbeddedCommand.parse("explain 'a") }
  }

  @Test(
    "another server, another user and another role are not taken over", arguments: ["--user bob", "--server farm:1", "--super"])
  func ownOptions(_ option: String) throws {
    let reason = EmbeddedCommand.refusal(of: try EmbeddedCommand.parse("explain 2 \(option)").options(LeadingOptions()))
    #expect(reason?.contains(option.split(separator: " ")[0]) == true)
    #expect(EmbeddedCommand.refusal(of: try EmbeddedCommand.parse("explain 2 --json").options(LeadingOptions())) == nil)
  }

  @Test("every command has its word, with its options")
  func words() {
    #expect(Set(EmbeddedCommand.words.map(\.name)) == Set(Reeve.names).subtracting(["help"]))
    let jobs = EmbeddedCommand.words.first { $0.name == "jobs" }
    #expect(jobs?.options.contains("--mask") == true && jobs?.options.contains("--server") == false)
    #expect(EmbeddedCommand.words.allSatisfy { !$0.abstract.isEmpty })
  }

  @Test("what is written is kept up to a bound, and what is left out is said")
  func bounded() {
    let collector = TextCollector(columns: 80)
    collector.take(Array("one\ntwo\n".utf8))
    #expect(collector.lines == ["one", "two"])
    collector.take([UInt8](repeating: UInt8(ascii: "x"), count: TextCollector.longest))
    #expect(collector.lines.last == "(there is more: it is left out here)")
  }
}
