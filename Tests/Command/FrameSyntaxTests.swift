@testable import Command
import Model
import Testing

@Suite("--frames")
struct FrameSyntaxTests {
  @Test(
    "ranges, chunks and steps",
    arguments: [
      ("1-100", 1, 100, 1, 1), ("5", 5, 5, 1, 1), ("1-100/10", 1, 100, 10, 1), ("1-100x2", 1, 100, 1, 2),
      ("1-100/10x2", 1, 100, 10, 2), ("1-100x2/10", 1, 100, 10, 2), ("-5-10", -5, 10, 1, 1), ("-10--5", -10, -5, 1, 1),
      ("7-7", 7, 7, 1, 1), ("0-9999999", 0, 9_999_999, 1, 1),
    ] as [(String, Int64, Int64, Int64, Int64)])
  func valid(text: String, first: Int64, last: Int64, perTask: Int64, increment: Int64) throws {
    #expect(try FrameSyntax.parse(text) == Frames(first: first, last: last, perTask: perTask, increment: increment))
  }

  @Test(
    "anything else is refused with what was expected",
    arguments: [
      "", "a", "1-", "-", "1-b", "5-1", "1-10/", "1-10/0", "1-10/-1", "1-10x", "1-10x0", "1-10/2/3", "1-10x2x3", "1-10 ", "1..10",
      "1-99999999999", "1-10,12", "0-10000000", "1-10/1.5", "٣-٤",
    ])
  func invalid(text: String) {
    let failure = #expect(throws: Failure.self) { try FrameSyntax.parse(text) }
    #expect(failure?.code == .usage)
    #expect(failure?.message.contains("expected A-B") == true)
  }
}
