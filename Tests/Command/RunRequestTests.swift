@testable import Command
import Model
import Testing

@Suite("A job from a command line")
struct RunRequestTests {
  private func spec(_ request: RunRequest) throws -> JobSpec {
    let reading = try JobDocument.read(Array(request.document.text().utf8), defaultUser: "nobody")
    #expect(reading.warnings == [])
    return reading.job
  }

  private func request(_ words: [String]) -> RunRequest {
    RunRequest(directory: "/projects/shots", words: words, user: "ann", host: "box")
  }

  @Test("without frames it is one task with the command as it stands, marks and all")
  func oneTask() throws {
    let job = try spec(request(["echo @#@ && make"]))
    #expect(job.name == "echo" && job.user == "ann")
    #expect(job.blocks[0].workingDirectory == "/projects/shots")
    guard case .listed(let tasks, _) = job.blocks[0].work else { throw Failure(.failed, "not listed") }
    #expect(job.blocks[0].taskCount == 1)
    #expect(Filling.listed(job.blocks[0].command, task: tasks[0].command) == "echo @#@ && make")
  }

  @Test("with frames the marks of a program's arguments are filled")
  func frames() throws {
    var made = request(["/opt/bin/render", "-s", "@#@", "-o", "my out.@####@.png"])
    made.frames = Frames(first: 1, last: 20, perTask: 5)
    made.priority = 7
    made.isPaused = true
    let job = try spec(made)
    #expect(job.name == "render" && job.priority == 7 && job.isOffline)
    #expect(job.blocks[0].work == .numeric(Frames(first: 1, last: 20, perTask: 5)))
    #expect(Filling.numeric(job.blocks[0].command, first: 6, last: 10) == "/opt/bin/render -s '6' -o 'my out.0010.png'")
  }

  @Test("all options arrive in the document")
  func options() throws {
    var made = request(["true"])
    made.name = "night build"
    made.service = "blender"
    made.capacity = 500
    made.retries = 0
    made.environment = [try RunRequest.variable("A=b=c"), try RunRequest.variable("EMPTY=")]
    let job = try spec(made)
    #expect(job.name == "night build")
    let block = job.blocks[0]
    #expect(block.service == "blender" && block.capacity == 500 && block.errorsRetries == 0)
    #expect(block.environment == ["A": "b=c", "EMPTY": ""])
    #expect(throws: Failure.self) { try RunRequest.variable("=x") }
    #expect(throws: Failure.self) { try RunRequest.variable("x") }
  }

  @Test("any parameter of the job or its block can be given; block. says which, where both have it")
  func parameters() throws {
    var made = request(["true"])
    made.branch = "/film"
    made.hostsMask = "r0"
    made.dependMask = "a.*"
    made.dependMaskGlobal = "b"
    made.poolWeights = [try RunRequest.poolWeight("/fast=20"), try RunRequest.poolWeight("/a=b=-5")]
    for text in [
      "need_os=linux", "max_running_tasks=3", "block.max_running_tasks=2", "tickets.NUKE=1", "sequential=10", "annotation=",
      "capacity=700",
    ] { try made.set(text) }
    let job = try spec(made)
    #expect(job.parameters.branch == "/film" && job.parameters.work.hostsMask == "r0" && job.parameters.work.needOS == "linux")
    #expect(job.parameters.dependMask == "a.*" && job.parameters.dependMaskGlobal == "b")
    #expect(job.parameters.work.pools == ["/fast": 20, "/a=b": -5] && job.parameters.work.maxRunningTasks == 3)
    let block = job.blocks[0]
    #expect(block.parameters.maxRunningTasks == 2 && block.parameters.tickets == ["NUKE": 1])
    #expect(block.parameters.sequential == 10 && block.capacity == 700)
    for bad in ["x", "services+=x", "blocks=[]", "tasks=[]"] { #expect(throws: Failure.self) { try made.set(bad) } }
    for bad in ["/fast", "fast=20", "/fast=101", "/fast=x"] { #expect(throws: Failure.self) { try RunRequest.poolWeight(bad) } }
  }

  @Test(
    "a job's name as an expression matches that name and no other",
    arguments: ["shot.010 (final)", "a|b", "x*[y]{2}^$+?", "back\\slash", "/path-to/it", "日本のジョブ", "#1 & co, ~\"q\" 'r' @"])
  func literal(name: String) throws {
    let pattern = try Pattern(RunRequest.literal(name))
    #expect(pattern.matchesWhole(name))
    #expect(!pattern.matchesWhole(name + "x") && !pattern.matchesWhole("shotX010 (final)"))
  }

  @Test(
    "the name is the program's",
    arguments: [
      (["/a/b/render.sh -f 1"], "render.sh"), (["make", "all"], "make"), (["  ls | wc"], "ls"), (["/"], "/"),
      (["\u{1B}[2J"], "␛[2J"),
    ])
  func names(words: [String], name: String) { #expect(request(words).jobName == name) }
}
