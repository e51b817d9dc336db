@testable import Command
import Model
import Testing

@Suite("--tasks")
struct TaskListSyntaxTests {
  @Test("numbers, ranges and frames, in one list")
  func valid() throws {
    #expect(
      try TaskListSyntax.parse("1,3-5,f10-f20,f7,f1-3,f-5-f-2, 8") == [
        TaskRange(first: 1, last: 1), TaskRange(first: 3, last: 5), TaskRange(first: 10, last: 20, isFrames: true),
        TaskRange(first: 7, last: 7, isFrames: true), TaskRange(first: 1, last: 3, isFrames: true),
        TaskRange(first: -5, last: -2, isFrames: true), TaskRange(first: 8, last: 8),
      ])
  }

  @Test(
    "anything else is refused",
    arguments: ["", ",", "1,", "a", "1-", "5-1", "1-f3", "f", "-1", "1--2", "1-2-3", "1;2", "99999999999", "f5-f1"])
  func invalid(text: String) {
    let failure = #expect(throws: Failure.self) { try TaskListSyntax.parse(text) }
    #expect(failure?.code == .usage)
  }

  @Test("a list longer than a server takes is refused")
  func tooLong() {
    #expect(throws: Failure.self) { try TaskListSyntax.parse(Array(repeating: "1", count: 10_001).joined(separator: ",")) }
  }
}
