import Model
import Testing

@Suite("Dependencies between blocks")
struct BlockDependenciesTests {
  private func block(_ name: String, _ whole: String = "", _ perTask: String = "") -> BlockSpec {
    BlockSpec(name: name, work: .numeric(Frames(first: 1, last: 2)), command: "true", dependMask: whole, tasksDependMask: perTask)
  }

  @Test("a mask means all blocks whose whole name it matches, except its own")
  func resolving() throws {
    let found = try BlockDependencies([
      block("sim"), block("render a", "sim"), block("render b", "sim"), block("comp", "", "render .*"),
      block("comp2", "comp|sim", "comp.*"),
    ])
    #expect(found.whole == [[], [0], [0], [], [0, 3]])
    #expect(found.perTask == [[], [], [], [1, 2], [3]])
  }

  private func fault(_ blocks: [BlockSpec]) -> DocumentError? {
    #expect(throws: DocumentError.self) { try BlockDependencies(blocks) }
  }

  @Test("a mask that matches nothing, itself only or is no expression is refused with its place")
  func refused() {
    #expect(fault([block("a"), block("b", "A")]) == DocumentError("blocks[1].depend_mask", "\"A\" matches no block of this job"))
    #expect(
      fault([block("a"), block("b", "", "b")])
        == DocumentError("blocks[1].tasks_depend_mask", "the block depends on itself (\"b\" matches only its own name)"))
    #expect(
      fault([block("a", "(")])?.description.hasPrefix("blocks[0].depend_mask: bad regular expression at character 1: ") == true)
  }

  @Test("blocks that wait for each other are refused with the circle")
  func circles() {
    #expect(
      fault([block("a", "b"), block("b", "c"), block("c", "", "a")])
        == DocumentError(
          "blocks[2].tasks_depend_mask", "blocks wait for each other: \"a\" waits for \"b\" waits for \"c\" waits for \"a\""))
    #expect(
      fault([block("x", "a"), block("a", "b"), block("b", "a")])?.message
        == "blocks wait for each other: \"a\" waits for \"b\" waits for \"a\"")
    let long = (0..<100).map { block("n\($0)", "n\(($0 + 1) % 100)") }
    #expect(
      fault(long)?.message
        == "blocks wait for each other: \"n0\" waits for \"n1\" waits for \"n2\" waits for \"n3\" waits for \"n4\" waits for 95 more waits for \"n0\""
    )
  }

  @Test("a thousand blocks in a chain and in a dense net are resolved")
  func large() throws {
    let chain = (0..<1_000).map { block("n\($0)", $0 == 0 ? "" : "n\($0 - 1)") }
    #expect(try BlockDependencies(chain).whole[999] == [998])
    let net = (0..<500).map { block("a\($0)") } + (0..<500).map { block("b\($0)", "a.*") }
    #expect(try BlockDependencies(net).whole[999].count == 500)
  }

  @Test("masks made to take long are refused")
  func costly() {
    let name = String(repeating: "a", count: 500)
    let blocks = (0..<100).map { block("\(name)\($0)", "(a?){900}(a?){900}x\($0)|.*") }
    #expect(fault(blocks)?.message.contains("too costly") == true)
  }
}
