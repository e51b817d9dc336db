import Model
import Testing
import Wire

@testable import Render

@Suite("capacity and hosts of a task, sections 3.9 and 3.15") struct MultiHostTests {
  private func process(
    _ block: WireBlockDefinition, _ service: Service = .generic, _ change: (inout WireRunStart) -> Void = { _ in }
  ) throws -> TaskStart {
    let plan = TaskPlan(environment: [:])
    var start = testStart(1)
    change(&start)
    return try plan.process(start, of: block, service: service, note: plan.note(start, of: block))
  }

  private func slave(_ command: String) -> Service {
    var service = Service(name: "netrender")
    service.command = command
    return service
  }

  private var block: WireBlockDefinition {
    var block = testBlock("render @AF_HOSTS@ -t @AF_CAPACITY@ @#@")
    block.multihostService = "netrender"
    return block
  }

  @Test("3.9: @AF_CAPACITY@ is the coefficient, 1 without one; the environment has it too")
  func capacity() throws {
    let some = try process(testBlock("render -t @AF_CAPACITY@ -j @AF_CAPACITY@")) { $0.capacityCoefficient = 7 }
    #expect(some.arguments.last == "render -t 7 -j 7")
    #expect(some.environment.contains("AF_CAPACITY=7"))
    #expect(try process(testBlock("render -t @AF_CAPACITY@")).arguments.last == "render -t 1")
  }

  @Test("3.15: @AF_HOSTS@ of the master names its slaves; a task without slaves has none to name")
  func hosts() throws {
    let master = try process(block) { $0.hosts = ["n1", "n2.farm", "n-3"] }
    #expect(master.arguments.last == "render -H n1,n2.farm,n-3 -t 1 1")
    #expect(master.environment.contains("AF_HOSTS=n1,n2.farm,n-3"))
    #expect(master.environment.contains("AF_HOST_NUMBER=0"))
    let alone = try process(block)
    #expect(alone.arguments.last == "render  -t 1 1")
    #expect(!alone.environment.contains { $0.hasPrefix("AF_HOST") })
  }

  @Test("a render's name is a word of the command line, whatever it is")
  func names() throws {
    #expect(
      try process(block) { $0.hosts = ["a", "b;reboot", "it's"] }.arguments.last == #"render -H 'a,b;reboot,it'\''s' -t 1 1"#)
  }

  @Test("3.15: a slave runs the command of multihost_service, which needs no command of the block")
  func slaves() throws {
    let process = try process(block, slave("exec netrender --serve -t @AF_CAPACITY@")) {
      $0.hostNumber = 2
      $0.capacityCoefficient = 3
    }
    #expect(process.arguments.last == "exec netrender --serve -t 3")
    #expect(process.environment.contains("AF_HOST_NUMBER=2"))
    let note = try #require(RunNote(process.note))
    #expect(note.host == 2)
    #expect(note.service == "netrender" && note.parser == "")
    let wrapping = try self.process(block, slave("serve -- @COMMAND@")) { $0.hostNumber = 1 }
    #expect(wrapping.arguments.last == "serve -- render  -t 1 1")
  }

  @Test("a service without a command is none for slaves, one with a command of its own none for tasks")
  func misfits() {
    let nothing = #expect(throws: StartFailure.self) { try process(block) { $0.hostNumber = 1 } }
    #expect(nothing?.description.contains("no service \"netrender\" with a command for the slaves") == true)
    let own = #expect(throws: StartFailure.self) { try process(block, slave("serve")) }
    #expect(own?.description.contains("it is one for multihost_service") == true)
  }

  @Test("3.14: neither files to skip for nor files to check are a slave's business")
  func noFiles() {
    let plan = TaskPlan(environment: [:])
    var block = block
    block.files = ["a"]
    block.flags = UInt32(BlockFlags([.numeric, .checkRenderedFiles, .skipExistingFiles]).rawValue)
    var start = testStart(1)
    #expect(plan.note(start, of: block).files != nil)
    #expect(plan.filesToSkipFor(start, of: block, plan.note(start, of: block)) != nil)
    start.hostNumber = 1
    #expect(plan.note(start, of: block).files == nil)
    #expect(plan.filesToSkipFor(start, of: block, plan.note(start, of: block)) == nil)
  }

  @Test("custom data of job and block are in the environment")
  func customData() throws {
    var block = testBlock("true")
    block.customData = #"{"a": 1}"#
    block.jobCustomData = "{}"
    let environment = try process(block).environment
    #expect(environment.contains(#"AF_BLOCK_CUSTOM_DATA={"a": 1}"#))
    #expect(environment.contains("AF_JOB_CUSTOM_DATA={}"))
  }
}
