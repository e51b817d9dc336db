import Model
import Testing

@Suite("The document of a job")
struct JobDocumentTests {
  private static func read(_ text: String) throws(DocumentError) -> JobDocument.Reading {
    try JobDocument.read(Array(text.utf8), defaultUser: "ann")
  }

  /// A job with these blocks, or one good block with these further members.
  private static func job(_ blocks: String) -> String { #"{"job":{"name":"j","blocks":["# + blocks + "]}}" }
  private static func one(_ members: String) -> String {
    job(#"{"name":"b","command":"c","frame_first":1,"frame_last":3,"# + members + "}")
  }
  private static func top(_ members: String) -> String {
    #"{"job":{"name":"j",\#(members),"blocks":[{"name":"b","command":"c","frame_first":1,"frame_last":3}]}}"#
  }
  private static let good = #"{"name":"b","command":"c","frame_first":1,"frame_last":3}"#

  static let bad: [(document: String, path: String, message: String)] = [
    ("", "", "not JSON: line 1, column 1: the text ends where a value was expected"),
    ("{\"job\":\n {\"name\" \"x\"}}", "", "not JSON: line 2, column 10: expected ':' after the key \"name\""),
    ("[]", "", "expected an object with the key \"job\", found a list"), ("{}", "", "expected the key \"job\""),
    (#"{"job":[]}"#, "job", "expected an object, found a list"), (#"{"job":{},"x":1}"#, "x", "unknown key beside \"job\""),
    (#"{"job":{}}"#, "name", "expected the job's name, a string that is not empty"),
    (#"{"job":{"name":""}}"#, "name", "expected the job's name, a string that is not empty"),
    (#"{"job":{"name":7}}"#, "name", "expected a string, found a whole number"),
    (#"{"job":{"name":"a\u0000b"}}"#, "name", "contains a NUL character"),
    (#"{"job":{"name":"\#(String(repeating: "n", count: 513))"}}"#, "name", "longer than 512 bytes"),
    (#"{"job":{"name":"j"}}"#, "blocks", "expected a list of one block or more"),
    (#"{"job":{"name":"j","blocks":{}}}"#, "blocks", "expected a list, found an object"),
    (#"{"job":{"name":"j","blocks":[]}}"#, "blocks", "expected one block or more, found an empty list"),
    (#"{"job":{"name":"j","user_name":"","blocks":[\#(good)]}}"#, "user_name", "expected a user's name"),
    (top(#""priority":256"#), "priority", "256 is out of range (0 to 255)"),
    (top(#""priority":"9""#), "priority", "expected a whole number, found a string"),
    (top(#""priority":9.5"#), "priority", "expected a whole number, found a fractional number"),
    (top(#""priorty":9"#), "priorty", "unknown key; did you mean \"priority\"?"),
    (top(#""nonsense_key":9"#), "nonsense_key", "unknown key (put '-' before it to keep it as a comment)"),
    (top(#""offline":"yes""#), "offline", "expected true or false, found a string"),
    (top(#""offline":2"#), "offline", "expected true or false, found a whole number"),
    (
      top(#""depend_mask":"a(""#), "depend_mask",
      "bad regular expression at character 2: '(' without its ')' (write \\( for the character)"
    ),
    (top(#""hosts_mask_type":"glob""#), "hosts_mask_type", "expected one of \"find\", \"regex\""),
    (top(#""pools":{"/a":"101"}"#), "pools./a", "expected a whole number, found a string"),
    (top(#""priority":-1"#), "priority", "-1 is out of range (0 to 255)"),
    (top(#""branch":"film""#), "branch", "expected a path that begins with '/', found \"film\""),
    (top(#""branch":"/film//s""#), "branch", "a name is missing between two '/' in \"/film//s\""),
    (
      top(#""hosts_mask_type":"regex","hosts_mask":"r(""#), "hosts_mask",
      "bad regular expression at character 2: '(' without its ')' (write \\( for the character)"
    ),
    (top(#""try_this_blocks_num":[0]"#), "try_this_tasks_num", "expected 1 as in try_this_blocks_num, found 0"),
    (top(#""try_this_blocks_num":[0],"try_this_tasks_num":[3]"#), "try_this_tasks_num[0]", "block 0 has no task 3"),
    (top(#""try_this_blocks_num":[1],"try_this_tasks_num":[0]"#), "try_this_blocks_num[0]", "the job has no block 1"),
    (top(#""pools":[]"#), "pools", "expected an object of whole numbers, found a list"),
    (top(#""folders":{"in":1}"#), "folders.in", "expected a string, found a whole number"),
    (job("7"), "blocks[0]", "expected an object, found a whole number"),
    (job("\(good),{}"), "blocks[1].name", "expected the block's name, a string that is not empty"),
    (job(#"{"name":"b"}"#), "blocks[0].frame_first", "expected the first frame (or a list \"tasks\")"),
    (job(#"{"name":"b","command":"c","frame_first":1}"#), "blocks[0].frame_last", "expected the last frame"),
    (
      job(#"{"name":"b","command":"c","frame_first":1,"frame_last":"9"}"#), "blocks[0].frame_last",
      "expected a whole number, found a string"
    ),
    (job(#"{"name":"b","command":"c","frame_first":1,"frame_last":0}"#), "blocks[0].frame_last", "0 is before frame_first 1"),
    (
      job(#"{"name":"b","command":"c","frame_first":0,"frame_last":10000000}"#), "blocks[0].frame_last",
      "10000001 tasks; a block has at most 10000000"
    ),
    (job(#"{"name":"b","frame_first":1,"frame_last":3}"#), "blocks[0].command", "expected a command for the frames of this block"),
    (
      job(#"{"name":"b","command":" \n","frame_first":1,"frame_last":3}"#), "blocks[0].command",
      "expected a command for the frames of this block"
    ),
    (one(#""frames_per_task":0"#), "blocks[0].frames_per_task", "expected 1 or more in a block with a frame range, found 0"),
    (one(#""frames_per_task":-2"#), "blocks[0].frames_per_task", "expected 1 or more in a block with a frame range, found -2"),
    (one(#""frames_inc":0"#), "blocks[0].frames_inc", "0 is out of range (1 to 1000000000)"),
    (one(#""tasks":[]"#), "blocks[0].tasks", "a block has either tasks or a frame range, not both"),
    (one(#""capacity":0"#), "blocks[0].capacity", "0 is out of range (1 to 1000000000)"),
    (one(#""flags":4096"#), "blocks[0].flags", "4096 is out of range (0 to 2047)"),
    (one(#""errors_retries":128"#), "blocks[0].errors_retries", "128 is out of range (-1 to 127)"),
    (one(#""frame_fist":1"#), "blocks[0].frame_fist", "unknown key; did you mean \"frame_first\"?"),
    (one(#""tickets":{"NUKE":-1}"#), "blocks[0].tickets.NUKE", "expected a whole number from 0 to 1000000"),
    (one(#""multihost_max":101"#), "blocks[0].multihost_max", "101 is out of range (0 to 100)"),
    (one(#""multihost_min":3,"multihost_max":2"#), "blocks[0].multihost_max", "2 is less than multihost_min 3"),
    (one(#""flags":4"#), "blocks[0].multihost_min", "expected 1 or more in a multi-host block"),
    (one(#""capacity_coeff_min":3,"capacity_coeff_max":2"#), "blocks[0].capacity_coeff_max", "2 is less than capacity_coeff_min 3"),
    (one(#""file_size_min":3,"file_size_max":2"#), "blocks[0].file_size_max", "2 is less than file_size_min 3"),
    (one(#""environment":{"A":1}"#), "blocks[0].environment.A", "expected a string, found a whole number"),
    (one(#""environment":[]"#), "blocks[0].environment", "expected an object of strings, found a list"),
    (one(#""files":["a",2]"#), "blocks[0].files[1]", "expected a string, found a whole number"),
    (one(#""files":"a""#), "blocks[0].files", "expected a list of strings, found a string"),
    (one(#""depend_mask":"b""#), "blocks[0].depend_mask", "the block depends on itself (\"b\" matches only its own name)"),
    (one(#""depend_mask":"x""#), "blocks[0].depend_mask", "\"x\" matches no block of this job"),
    (
      one(#""tasks_depend_mask":"[a""#), "blocks[0].tasks_depend_mask",
      "bad regular expression at character 1: '[' without its ']' (write \\[ for the character)"
    ),
    (
      job(
        #"{"name":"a","command":"c","frame_first":1,"frame_last":1,"depend_mask":"b"},{"name":"b","command":"c","frame_first":1,"frame_last":1,"depend_mask":"a"}"#
      ),
      "blocks[1].depend_mask", "blocks wait for each other: \"a\" waits for \"b\" waits for \"a\""
    ),
    (job(#"{"name":"b","tasks":{}}"#), "blocks[0].tasks", "expected a list, found an object"),
    (job(#"{"name":"b","tasks":[]}"#), "blocks[0].tasks", "expected one task or more, found an empty list"),
    (job(#"{"name":"b","tasks":[{"name":"x"}]}"#), "blocks[0].tasks[0].command", "neither the task nor its block has a command"),
    (
      job(#"{"name":"b","command":"c","tasks":[{"name":"x"},3]}"#), "blocks[0].tasks[1]", "expected an object, found a whole number"
    ),
    (
      job(#"{"name":"b","command":"c","tasks":[{"name":"x","comand":"y"}]}"#), "blocks[0].tasks[0].comand",
      "unknown key; did you mean \"command\"?"
    ),
    (job(#"{"name":"b","command":"c","tasks":[{"name":null}]}"#), "blocks[0].tasks[0].name", "expected a string, found null"),
    (
      job(#"{"name":"b","command":"c","frames_per_task":0,"tasks":[{"name":"x"}]}"#), "blocks[0].frames_per_task",
      "expected a number other than 0"
    ),
    (
      job(#"{"name":"b","command":"c","flags":1,"tasks":[{"name":"x"}]}"#), "blocks[0].tasks",
      "a block has either tasks or a frame range, not both"
    ),
    (#"{"job":{"name":"j","name":"k"}}"#, "", "not JSON: line 1, column 20: the key \"name\" stands twice in one object"),
  ]

  @Test("a bad document is refused whole, with its place and what was expected", arguments: bad)
  func refused(document: String, path: String, message: String) {
    let error = #expect(throws: DocumentError.self) { try Self.read(document) }
    #expect(error == DocumentError(path, message))
  }

  @Test("too many blocks, too many tasks, too long a document")
  func bounds() {
    let blocks = Array(repeating: Self.good, count: 1_001).joined(separator: ",")
    #expect(throws: DocumentError("blocks", "more than 1000 blocks")) { try Self.read(Self.job(blocks)) }
    let large = Array(repeating: #"{"name":"b","command":"c","frame_first":1,"frame_last":10000000}"#, count: 3).joined(
      separator: ",")
    #expect(throws: DocumentError("blocks[2]", "more than 20000000 tasks in one job")) { try Self.read(Self.job(large)) }
    #expect(throws: DocumentError("", "the document is longer than 256 MiB")) {
      try JobDocument.read([UInt8](repeating: 0x20, count: Limits.documentBytes + 1), defaultUser: "ann")
    }
  }

  @Test("the smallest job gets the defaults")
  func smallest() throws {
    let reading = try Self.read(Self.job(#"{"name":"b","command":"c @#@","frame_first":1,"frame_last":3}"#))
    let block = BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: 3)), command: "c @#@", flags: .numeric)
    #expect(reading.job == JobSpec(name: "j", user: "ann", priority: 99, isOffline: false, blocks: [block]))
    #expect(reading.warnings.isEmpty)
    #expect(block.service == "generic")
    #expect(block.capacity == 1000)
    #expect(block.errorsRetries == -1)
  }

  private static let full = #"""
    {"job": {
      "-comment": "left out", "": "left out too",
      "name": "shot 010", "user_name": "bob", "host_name": "ws1", "priority": 120, "offline": 1, "annotation": "v2", "id": 7, "st": 1,
      "folders": {"output": "/out"}, "time_wait": 5, "hosts_mask": "rack1.*",
      "blocks": [
        {"name": "render", "service": "povray", "parser": "povray", "flags": 1, "frame_first": -5, "frame_last": 20, "frames_per_task": 2,
         "frames_inc": 3, "tasks_name": "f @#@", "command": "povray +FN @#@ @#@", "working_directory": "/w", "files": ["a.@####@.png"],
         "environment": {"B": "2", "A": "1"}, "capacity": 500, "errors_retries": 0, "custom_data": "{}", "sequential": 10, "tasks_num": 3},
        {"name": "tiles", "service": "", "frames_per_task": -2, "command": "x", "depend_mask": "rend.*",
         "tasks": [{"name": "l", "command": "left", "files": ["f"], "environment": {"E": "1"}}, {"name": "r"}, {}]},
        {"name": "comp", "frame_first": 1, "frame_last": 2, "command": "y", "tasks_depend_mask": "render|tiles"}
      ]}}
    """#

  @Test("all keys are read, and what has no effect yet is said")
  func everything() throws {
    let reading = try Self.read(Self.full)
    let job = reading.job
    #expect((job.name, job.user, job.priority, job.isOffline) == ("shot 010", "bob", 120, true))
    #expect(job.other.members.map(\.key) == ["host_name", "annotation", "folders"])
    #expect(job.parameters.timeWait == Instant(seconds: 5))
    #expect(job.parameters.work.hostsMask == "rack1.*")
    #expect(reading.warnings.isEmpty)
    let render = job.blocks[0]
    #expect(render.work == .numeric(Frames(first: -5, last: 20, perTask: 2, increment: 3)))
    #expect(render.taskCount == 5)
    #expect(render.environment == ["A": "1", "B": "2"])
    #expect((render.capacity, render.errorsRetries, render.parser, render.tasksName) == (500, 0, "povray", "f @#@"))
    #expect(render.other.members.map(\.key) == ["custom_data"])
    #expect(render.parameters.sequential == 10)
    let tiles = job.blocks[1]
    #expect(tiles.service == "generic")
    #expect(
      tiles.work
        == .listed(
          [TaskSpec(name: "l", command: "left", files: ["f"], environment: ["E": "1"]), TaskSpec(name: "r"), TaskSpec(name: "")],
          framesPerTask: -2))
    #expect(job.blocks[2].flags == .numeric)
  }

  @Test("a document is what its job is written as again")
  func roundTrip() throws {
    let job = try Self.read(Self.full).job
    let again = try Self.read(job.document.text()).job
    #expect(again == job)
    #expect(again.document == job.document)
    let small = try Self.read(Self.job(Self.good)).job
    #expect(try Self.read(small.document.text(indented: true)).job == small)
  }

  @Test("Afanasy's flags are read; keys that imply one set it (section 1.5)")
  func flags() throws {
    let many = try Self.read(Self.one(#""flags":1027,"depend_sub_task":true"#)).job
    #expect(many.blocks[0].flags == [.numeric, .variableCapacity, .suspendNewTasks, .dependSubTask])
    #expect(try Self.read(many.document.text()).job == many)
    let implied = try Self.read(Self.one(#""capacity_coeff_max":3,"multihost_max":5"#)).job.blocks[0]
    #expect(implied.flags == [.numeric, .variableCapacity, .multiHost])
    #expect((implied.parameters.multihostMin, implied.parameters.multihostMax) == (1, 5))
  }

  @Test("pools of a job: what is beyond a hundred counts as a hundred, nought is left out (section 1.3)")
  func weights() throws {
    let reading = try Self.read(Self.top(#""pools":{"/a":101,"/b":0,"c":-200,"/d":7,"":5}"#))
    #expect(reading.job.parameters.work.pools == ["/a": 100, "c": -100, "/d": 7])
    #expect(reading.warnings == ["pools./a: 101 counts as 100", "pools.c: -200 counts as -100"])
  }

  @Test("only keys on which nobody can act are warned of")
  func withoutEffect() throws {
    let reading = try Self.read(Self.top(#""solve_method":"solve_priority","time_life":7"#))
    #expect(reading.warnings == ["solve_method: accepted, without effect: a job has no nodes to give renders to"])
    #expect(reading.job.parameters.work.solveMethod == .priority)
  }

  @Test("tasks to be tried first are read from two lists (section 1.4)")
  func tries() throws {
    let job = try Self.read(Self.top(#""try_this_tasks_num":[2,0],"try_this_blocks_num":[0,0]"#)).job
    #expect(job.parameters.tryNext == [2, 0].map { TryNext(block: BlockIndex(0), task: TaskIndex($0)) })
    #expect(try Self.read(job.document.text()).job == job)
  }

  @Test("a thousand causes to warn become fifty lines and a sum")
  func manyWarnings() throws {
    let pools = (0..<100).map { "\"\($0)\":101" }.joined(separator: ",")
    let warnings = try Self.read(Self.top("\"pools\":{\(pools)}")).warnings
    #expect(warnings.count == 51)
    #expect(warnings.last == "and 50 more of the same kind")
  }

  @Test("no key stands twice in a table, and every key of the reference is known")
  func tables() {
    func keys<Node>(_ table: ParameterTable<Node>) -> [String] { table.parameters.map(\.key) + table.computed }
    for keys in [keys(Parameters.job), keys(Parameters.block), keys(Parameters.task), keys(Parameters.user)]
      + [keys(Parameters.branch), keys(Parameters.pool), keys(Parameters.render)]
    {
      #expect(Set(keys).count == keys.count)
    }
    #expect(Set(keys(Parameters.task)) == ["name", "command", "files", "environment"])
  }

  @Test("a list of a hundred thousand tasks is read")
  func many() throws {
    let tasks = Array(repeating: #"{"name":"t"}"#, count: 100_000).joined(separator: ",")
    #expect(try Self.read(Self.job(#"{"name":"b","command":"c","tasks":["# + tasks + "]}")).job.blocks[0].taskCount == 100_000)
  }
}
