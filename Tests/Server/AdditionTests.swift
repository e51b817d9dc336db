import Model
import Testing

@testable import Server

@Suite("documents of blocks and tasks for a job") struct AdditionTests {
  @Test("blocks are read as those of a job")
  func blocks() throws {
    let text = #"{"blocks": [{"name": "a", "command": "x", "frame_first": 1, "frame_last": 5, "capacity": 7}]}"#
    let reading = try AdditionDocument.blocks(Array(text.utf8))
    guard case .blocks(let blocks) = reading.addition else { throw Failure(.failed, "no blocks") }
    #expect(blocks.map(\.name) == ["a"] && blocks[0].capacity == 7 && blocks[0].taskCount == 5)
    // Whether the job has such a block is the farm's to say.
    let waits = #"{"blocks": [{"name": "a", "command": "x", "depend_mask": "there", "tasks": [{"name": "t"}]}]}"#
    #expect(throws: Never.self) { try AdditionDocument.blocks(Array(waits.utf8)) }
  }

  @Test("tasks too; the farm knows whether they need commands of their own")
  func tasks() throws {
    let text = #"{"tasks": [{"name": "a", "command": "x"}, {"name": "b"}]}"#
    let reading = try AdditionDocument.tasks(Array(text.utf8), of: .index(BlockIndex(0)))
    guard case .tasks(let block, let tasks) = reading.addition else { throw Failure(.failed, "no tasks") }
    #expect(block == .index(BlockIndex(0)))
    #expect(tasks.map(\.name) == ["a", "b"] && tasks.map(\.command) == ["x", ""])
  }

  @Test(
    "a fault names its place in the document that was sent",
    arguments: [
      ("{", "not JSON"), ("[]", "expected an object"), ("{}", "expected the key \"tasks\""),
      (#"{"tasks": 5}"#, "tasks: expected a list"),
      (#"{"tasks": []}"#, "tasks: expected one task"), (#"{"tasks": [{"nmae": "a"}]}"#, "tasks[0].nmae: unknown key"),
      (#"{"tasks": [{"name": "a"}], "capacity": 5}"#, "capacity: unknown key beside"),
    ])
  func faults(text: String, expected: String) {
    #expect { try AdditionDocument.tasks(Array(text.utf8), of: .index(BlockIndex(0))) } throws: { "\($0)".contains(expected) }
  }

  @Test("a fault in a block names its place")
  func blockFault() {
    let text = #"{"blocks": [{"name": "a", "frame_first": 1, "frame_last": 5}]}"#
    #expect { try AdditionDocument.blocks(Array(text.utf8)) } throws: { "\($0)".hasPrefix("blocks[0].command") }
  }
}
