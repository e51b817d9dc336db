import Model
import Testing

@testable import Server

@Suite("block definitions that a render has") struct DefinitionTests {
  private func reference(_ number: UInt32) -> BlockDefinitions.Reference {
    BlockDefinitions.Reference(job: JobID(number), block: BlockIndex(0))
  }

  @Test("each is told once, and the one least lately used is dropped")
  func leastRecent() {
    var definitions = BlockDefinitions(limit: 2)
    #expect(definitions.use(reference(1)) == .definition(dropping: nil))
    #expect(definitions.use(reference(2)) == .definition(dropping: nil))
    definitions.beginFrame()
    #expect(definitions.use(reference(1)) == .nothing)
    #expect(definitions.use(reference(3)) == .definition(dropping: reference(2)))
  }

  @Test("a frame never drops what its own starts refer to, and never tells again what it drops")
  func oneFrame() {
    var definitions = BlockDefinitions(limit: 2)
    #expect(definitions.use(reference(1)) == .definition(dropping: nil))
    #expect(definitions.use(reference(2)) == .definition(dropping: nil))
    #expect(definitions.use(reference(3)) == .newFrame)
    definitions.beginFrame()
    #expect(definitions.use(reference(3)) == .definition(dropping: reference(1)))
    #expect(definitions.use(reference(1)) == .newFrame)
    definitions.beginFrame()
    #expect(definitions.use(reference(1)) == .definition(dropping: reference(2)))
  }

  @Test("a block that somebody changed is told again, in a frame without starts of what it was")
  func changed() {
    var definitions = BlockDefinitions(limit: 2)
    #expect(definitions.use(reference(1), stamp: 1) == .definition(dropping: nil))
    #expect(definitions.use(reference(1), stamp: 2) == .newFrame)
    definitions.beginFrame()
    #expect(definitions.use(reference(1), stamp: 2) == .definition(dropping: nil))
    #expect(definitions.use(reference(1), stamp: 2) == .nothing)
    definitions.beginFrame()
    #expect(definitions.use(reference(1), stamp: 2) == .nothing)
    #expect(definitions.use(reference(2), stamp: 9) == .definition(dropping: nil))
  }
}
