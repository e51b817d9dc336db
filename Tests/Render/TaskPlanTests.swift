import Model
import Testing
import Wire

@testable import Render

func testBlock(_ command: String, numeric: Bool = true, directory: String = "/tmp") -> WireBlockDefinition {
  var block = WireBlockDefinition()
  block.job = 14
  block.block = 2
  block.service = "generic"
  block.command = command
  block.workingDirectory = directory
  block.numeric = numeric
  block.frameFirst = 1
  block.frameLast = 100
  block.framesPerTask = 5
  block.framesInc = 2
  return block
}

func testStart(_ lease: UInt64, task: UInt32 = 0, command: String = "") -> WireRunStart {
  var start = WireRunStart()
  start.lease = lease
  start.job = 14
  start.block = 2
  start.task = task
  start.start = 1
  start.taskCommand = command
  return start
}

@Suite struct TaskPlanTests {
  private func process(
    _ block: WireBlockDefinition, _ start: WireRunStart, service: Service = .generic, _ change: (inout TaskPlan) -> Void = { _ in }
  ) throws -> TaskStart {
    var plan = TaskPlan(environment: ["HOME": "/home/anna", "LEVEL": "agent", "NOTIFY_SOCKET": "/run/x"])
    change(&plan)
    return try plan.process(start, of: block, service: service, note: plan.note(start, of: block))
  }

  @Test("a numeric task's command is filled with its first and last frame")
  func numeric() throws {
    let process = try process(testBlock("render -s @#@ -e @####@ 'a b'"), testStart(1, task: 1))
    #expect(process.program == "/bin/sh")
    #expect(process.arguments == ["/bin/sh", "-c", "render -s 11 -e 0019 'a b'"])
  }

  @Test("a listed task's own command fills the pattern, or is all")
  func listed() throws {
    #expect(
      try process(testBlock("convert @#@ out.png", numeric: false), testStart(1, command: "in.png")).arguments.last
        == "convert in.png out.png")
    #expect(try process(testBlock("", numeric: false), testStart(1, command: "echo $HOME")).arguments.last == "echo $HOME")
    #expect(try process(testBlock("echo @AF_CAPACITY@;", numeric: false), testStart(1)).arguments.last == "echo 1;")
  }

  @Test("what a shell would only split is executed without one")
  func plain() throws {
    #expect(try process(testBlock("/bin/true", numeric: false), testStart(1)).arguments == ["/bin/true"])
    #expect(
      try process(testBlock("/usr/bin/povray +W320  +Iscene.pov", numeric: false), testStart(1)).arguments == [
        "/usr/bin/povray", "+W320", "+Iscene.pov",
      ])
    for command in [
      "true", "A=/b c", "/bin/echo *", "/bin/echo ~", "/bin/echo $A", "/bin/a; /bin/b", "/bin/a 'b'", "/bin/a\nb", "/bin/a #c",
      "/bin/echo ü",
    ] {
      #expect(try process(testBlock(command, numeric: false), testStart(1)).arguments == ["/bin/sh", "-c", command])
    }
    #expect(
      try process(testBlock("/bin/true", numeric: false), testStart(1)) { $0.shell = Shell("/bin/bash -e -c") }.arguments == [
        "/bin/bash", "-e", "-c", "/bin/true",
      ])
  }

  @Test("the environment is the agent's, then the block's, the task's, the service's, and the task's numbers")
  func environment() throws {
    var block = testBlock("true")
    block.environment = ["LEVEL": "block", "B": "1", "S": "block", "AF_JOB_ID": "lies"]
    var start = testStart(1, task: 3)
    start.taskEnvironment = ["LEVEL": "task", "T": "2"]
    var service = Service.generic
    service.environment = ["S": "service"]
    let all = try process(block, start, service: service).environment.sorted()
    #expect(
      all == [
        "AF_BLOCK_ID=2", "AF_CAPACITY=1", "AF_JOB_ID=14", "AF_TASK_ID=3", "B=1", "HOME=/home/anna", "LEVEL=task", "S=service",
        "T=2",
      ])
    #expect(try process(testBlock("true"), start).environment.contains("LEVEL=task"))
    #expect(
      try process(testBlock("true"), testStart(1)).environment.sorted() == [
        "AF_BLOCK_ID=2", "AF_CAPACITY=1", "AF_JOB_ID=14", "AF_TASK_ID=0", "HOME=/home/anna", "LEVEL=agent",
      ])
  }

  @Test("a service may wrap the command")
  func wrapped() throws {
    var service = Service.generic
    service.command = "licence -- @COMMAND@ && sync"
    #expect(try process(testBlock("render @#@"), testStart(1), service: service).arguments.last == "licence -- render 1 && sync")
  }

  @Test("an empty command, a NUL and too much are refused with the reason")
  func refused() throws {
    #expect(throws: StartFailure.self) { try process(testBlock(" \n", numeric: false), testStart(1)) }
    #expect(throws: StartFailure.self) { try process(testBlock("a\0b"), testStart(1)) }
    var block = testBlock("true")
    for number in 0..<80 { block.environment["A\(number)"] = String(repeating: "x", count: 60_000) }
    let error = #expect(throws: StartFailure.self) { try process(block, testStart(1)) }
    #expect(error?.description.contains("more than a process can be given") == true)
  }

  @Test("server's paths become the render's, only where a path begins and ends")
  func paths() throws {
    let map = PathMap([("/mnt/proj", "/projects"), ("/fast/cache", "/projects/cache"), ("/home/", "/net/home/")])
    #expect(map.mapped("/projects") == "/mnt/proj")
    #expect(
      map.mapped("render /projects/a.blend -o '/projects/cache/x' --in=/projects/b")
        == "render /mnt/proj/a.blend -o '/fast/cache/x' --in=/mnt/proj/b")
    #expect(map.mapped("/projects2/a /old/projects/a x/projects") == "/projects2/a /old/projects/a x/projects")
    #expect(map.mapped("/net/home/anna:/projects") == "/home/anna:/mnt/proj")
    #expect(PathMap().mapped("/projects/ü") == "/projects/ü")
    #expect(map.mapped("ü /projects/ü") == "ü /mnt/proj/ü")
    #expect(
      try process(testBlock("ls /projects", directory: "/projects/shot"), testStart(1)) { $0.paths = map }.directory
        == "/mnt/proj/shot")
  }

  @Test("the setting of paths is a list of pairs")
  func pathSetting() throws {
    #expect(try PathMap(JSONParser.parse(#"[["/c", "/s"]]"#)).mapped("/s/x") == "/c/x")
    for bad in [#"{"a": 1}"#, #"[["/c"]]"#, #"["/c", "/s"]"#, #"[["/c", 1]]"#] {
      #expect(throws: Failure.self) { try PathMap(JSONParser.parse(bad)) }
    }
  }

  @Test("a run's note is found again as it was")
  func note() throws {
    let plan = TaskPlan(environment: [:])
    let note = plan.note(testStart(9, task: 9), of: testBlock("x", directory: ""))
    #expect(note.frames == TaskFrames(first: 91, increment: 2, count: 5))
    #expect(note.hasWork)
    #expect(RunNote(note.encoded()) == note)
    #expect(RunNote([]) == nil)
    #expect(RunNote([9] + note.encoded().dropFirst()) == nil)
  }
}
