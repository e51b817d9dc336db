import Testing

@testable import Model

@Suite("Lists of tasks")
struct TaskListTests {
  private static func task(_ random: inout SplitMix) -> TaskSpec {
    func text() -> String { String(repeating: ["a", "ö", "𝄞", " "][random.next(4)], count: random.next(200)) }
    var task = TaskSpec(name: text(), command: text())
    if random.next(3) == 0 { task.files = (0..<random.next(4)).map { _ in text() } }
    if random.next(3) == 0 { for key in 0..<random.next(4) { task.environment["K\(key)"] = text() } }
    return task
  }

  @Test("what is put in comes out again, over the pieces' edges, edited and appended", arguments: 1...3)
  func roundTrip(seed: Int) {
    var random = SplitMix(UInt64(seed))
    var plain = (0..<TaskList.pieceTasks + 700).map { _ in Self.task(&random) }
    var list = TaskList(plain)
    #expect(list.elementsEqual(plain))
    for _ in 0..<300 {
      let index = random.next(plain.count)
      plain[index] = Self.task(&random)
      list[index] = plain[index]
      if random.next(4) == 0 {
        plain.append(plain[index])
        list.append(plain[index])
      }
    }
    #expect(Array(list) == plain)
    #expect(list == TaskList(plain))
    #expect(list.hashValue == TaskList(plain).hashValue)
    list[5].name += "x"
    #expect(list != TaskList(plain))
    #expect(list.name(5) == plain[5].name + "x")
    var twice = list
    twice.append(contentsOf: list)
    #expect(Array(twice) == Array(list) + Array(list))
    #expect(list.count == plain.count)
  }

  @Test("what is stored is what was there; what was damaged since is refused")
  func encoding() {
    var random = SplitMix(9)
    let list = TaskList((0..<TaskList.pieceTasks * 2 + 10).map { _ in Self.task(&random) })
    for range in [0..<list.count, 3..<7, 4000..<4200, 4096..<8192, 8192..<8202, 5..<5] {
      var again = TaskList()
      let isTaken = again.append(encoded: list.encoded(range))
      #expect(isTaken)
      #expect(Array(again) == Array(list[range]))
    }
    let bytes = list.encoded(0..<1)
    var some = TaskList([TaskSpec(name: "x")])
    for damaged in (1..<bytes.count).map({ Array(bytes.prefix($0)) })
      + [[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]]
    {
      let isTaken = some.append(encoded: damaged)
      #expect(!isTaken)
      #expect(some.count == 1)
    }
  }

  @Test("a task costs few bytes beside its own text")
  func cost() {
    let list = TaskList((0..<100_000).map { TaskSpec(name: "task \($0)", command: "render -frame \($0)") })
    let text = list.reduce(0) { $0 + $1.name.utf8.count + $1.command.utf8.count }
    #expect(list.bytes - text <= 10 * list.count)
  }

  @Test("tasks are read from a document as they are from a value, whatever their form")
  func reading() throws {
    let tasks = [
      #"{"name":"plain","command":"c"}"#, #"{"command":"c","name":"turned"}"#, #"{ "name" : "spaces" , "command" : "c d" }"#,
      #"{"name":"esc\"aped\u00e4","command":"c\n"}"#, #"{"name":"ümläut"}"#, "{}",
      #"{"name":"more","files":["a","b"],"environment":{"B":"2","A":"1"}}"#, #"{"-note":7,"name":"comment","":[]}"#,
    ]
    let text = #"{"job":{"name":"j","blocks":[{"name":"b","tasks":["# + tasks.joined(separator: " ,\n ") + #"],"command":"x"}]}}"#
    let fast = try JobDocument.read(text.utf8, defaultUser: "ann").job
    let slow = try JobDocument.read(JSONParser.parse(text), defaultUser: "ann").job
    #expect(fast == slow)
    guard case .listed(let list, _) = fast.blocks[0].work else { throw DocumentError("", "not listed") }
    #expect(list.map(\.name) == ["plain", "turned", "spaces", "esc\"apedä", "ümläut", "", "more", "comment"])
    #expect(list[6] == TaskSpec(name: "more", files: ["a", "b"], environment: ["A": "1", "B": "2"]))
  }

  @Test(
    "what is wrong in a list of tasks is told as it is told elsewhere",
    arguments: [
      (#"{"name":"a","name":"b"}"#, "", "not JSON: line 1, column 76: the key \"name\" stands twice in one object"),
      (#"{"name":"a","command":7}"#, "blocks[0].tasks[1].command", "expected a string, found a whole number"),
      (#"{"name":"a\u0000"}"#, "blocks[0].tasks[1].name", "contains a NUL character"),
      (#"{"name":"a" "x"}"#, "", "not JSON: line 1, column 76: expected ',' or '}', found '\"'"),
      (#"{"name":"a",}"#, "", "not JSON: line 1, column 76: expected a key in double quotes"),
      (#"{"nme":"a"}"#, "blocks[0].tasks[1].nme", "unknown key; did you mean \"name\"?"),
      (#"{"nme":"a"},tru"#, "", "not JSON: line 1, column 76: expected true"),
      ("7", "blocks[0].tasks[1]", "expected an object, found a whole number"),
    ])
  func faults(task: String, path: String, message: String) {
    let text = #"{"job":{"name":"j","blocks":[{"name":"b","command":"c","tasks":[{},"# + task + #"]}]}}"#
    let error = #expect(throws: DocumentError.self) { try JobDocument.read(text.utf8, defaultUser: "ann") }
    #expect(error?.path == path)
    // The columns of the cases are those of their own text: all begin at the same place.
    let place = error?.message.replacing(/column \d+/, with: "column 76")
    #expect(place == message)
    let slow = #expect(throws: (any Error).self) { try JobDocument.read(JSONParser.parse(text), defaultUser: "ann") }
    if !path.isEmpty { #expect(slow as? DocumentError == error) }
  }

  @Test("many tasks are edited, in any order and more than once; a fault changes nothing")
  func update() throws {
    var plain = (0..<10_000).map { TaskSpec(name: "\($0)") }
    var list = TaskList(plain)
    let indices = [3, 4, 5000, 4095, 4096, 9999, 3, 0, 0]
    try list.update(indices) { $0.name += "x" }
    for index in indices { plain[index].name += "x" }
    #expect(Array(list) == plain)
    try list.update(Array(0..<10_000)) { $0.command = "c" }
    #expect(list.allSatisfy { $0.command == "c" })
    let before = list
    #expect(throws: DocumentError.self) {
      try list.update([1, 9000]) { task throws(DocumentError) in
        if task.name == "9000" { throw DocumentError("", "no") }
        task.name = "changed"
      }
    }
    #expect(list == before)
  }

  @Test("blocks and tasks for a job that is there are read alike; blocks may wait for those that it has")
  func additions() throws {
    let reading = try JobDocument.readBlocks(
      Array(#"{"blocks":[{"name":"b","depend_mask":"there","command":"c","tasks":[{"name":"x"}]}]}"#.utf8))
    #expect(reading.blocks.map(\.work) == [.listed([TaskSpec(name: "x")], framesPerTask: 1)])
    #expect(
      try JobDocument.readTasks(Array(#"{"-":1,"tasks":[{"name":"x"},{"files":["f"]}]}"#.utf8)) == [
        TaskSpec(name: "x"), TaskSpec(name: "", files: ["f"]),
      ])
    let bad: [(String, String, String)] = [
      (#"{"tasks":[{},{"nme":1}]}"#, "tasks[1].nme", "unknown key; did you mean \"name\"?"),
      (#"{"tasks":{}}"#, "tasks", "expected a list, found an object"),
      (#"{"tasks":[]}"#, "tasks", "expected one task or more, found an empty list"),
      (#"{"tasks":[{}],"blocks":[]}"#, "blocks", "unknown key beside \"tasks\""),
      (#"{"job":{}}"#, "", "expected the key \"tasks\""),
    ]
    for (text, path, message) in bad {
      #expect(throws: DocumentError(path, message)) { try JobDocument.readTasks(Array(text.utf8)) }
    }
    #expect(throws: DocumentError("blocks[0].command", "expected a command for the frames of this block")) {
      try JobDocument.readBlocks(Array(#"{"blocks":[{"name":"b","frame_first":1,"frame_last":2}]}"#.utf8))
    }
  }

  @Test("damaged documents are judged alike, with their tasks read straight or through a value", arguments: 1...4)
  func fuzz(seed: Int) {
    var random = SplitMix(UInt64(seed))
    let good = Array(
      #"""
      {"job":{"name":"j","blocks":[{"name":"b","tasks":[{"name":"é","command":"c"},{"command":"d","files":["f"]}, {}],"command":"x"},
      {"tasks":[{"name":"only"}],"frames_per_task":2,"command":"y","name":"c"}]}}
      """#.utf8)
    for _ in 0..<3_000 {
      var bytes = good
      for _ in 0..<random.next(3) + 1 {
        switch random.next(4) {
        case 0: bytes[random.next(bytes.count)] = UInt8(random.next(256))
        case 1: bytes.remove(at: random.next(bytes.count))
        case 2: bytes.insert(Array("{}[]\",:\\u0 ".utf8)[random.next(11)], at: random.next(bytes.count))
        default:
          let start = random.next(bytes.count - 20)
          bytes.insert(contentsOf: bytes[start..<start + random.next(20)], at: random.next(bytes.count))
        }
      }
      func outcome(_ read: () throws -> JobDocument.Reading) -> Result<JobSpec, DocumentError> {
        do { return .success(try read().job) } catch let error as DocumentError { return .failure(error) } catch {
          return .failure(DocumentError("", "not JSON: \(error)"))
        }
      }
      let straight = outcome { try JobDocument.read(bytes, defaultUser: "ann") }
      let slow = outcome { try JobDocument.read(JSONParser.parse(bytes), defaultUser: "ann") }
      #expect(straight == slow, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test("only a job's blocks have their tasks read that way: other lists of that name stay what they are")
  func elsewhere() throws {
    let text = #"{"job":{"tasks":[1],"blocks":[[{"tasks":[2]}],{"a":{"tasks":[3]},"tasks":{"x":4}}]},"blocks":[{"tasks":[5]}]}"#
    let (value, listed) = try JSONParser.parseJob(Array(text.utf8))
    #expect(listed.isEmpty)
    #expect(value == (try JSONParser.parse(text)))
  }
}
