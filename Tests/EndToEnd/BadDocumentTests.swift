import Foundation
import Testing
import TestSupport

@Suite("bad documents") struct BadDocumentTests {
  static let documents: [(document: String, place: String)] = [
    ("", "JSON"),
    ("{", "line 1"),
    ("[]", "object"),
    ("{}", "\"job\""),
    (#"{"job":{}}"#, "name"),
    (#"{"job":[]}"#, "job"),
    (#"{"job":{"name":"a"}}"#, "blocks"),
    (#"{"job":{"name":"a","blocks":[]}}"#, "blocks"),
    (#"{"job":{"name":"a","blocks":{}}}"#, "blocks"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","command":"true"}]}}"#, "blocks[0].frame_first"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","command":"true","frame_first":1}]}}"#, "blocks[0].frame_last"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","command":"true","frame_first":5,"frame_last":1}]}}"#, "blocks[0].frame_last"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","command":"true","frame_first":"1","frame_last":2}]}}"#, "blocks[0].frame_first"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","frame_first":1,"frame_last":2}]}}"#, "blocks[0].command"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","command":"true","tasks":[]}]}}"#, "blocks[0].tasks"),
    (#"{"job":{"name":"a","blocks":[{"name":"b","tasks":[{"name":"t"}]}]}}"#, "blocks[0].tasks[0].command"),
    (
      #"{"job":{"name":"a","priorty":5,"blocks":[{"name":"b","command":"true","tasks":[{"name":"t"}]}]}}"#,
      "did you mean \"priority\""
    ),
    (#"{"job":{"name":"a","priority":1000,"blocks":[{"name":"b","command":"true","tasks":[{"name":"t"}]}]}}"#, "out of range"),
    (
      #"{"job":{"name":"a","blocks":[{"name":"b","command":"true","tasks":[{"name":"t"}],"depend_mask":"b"}]}}"#,
      "blocks[0].depend_mask"
    ),
    (
      #"{"job":{"name":"a","blocks":[{"name":"b","command":"true","tasks":[{"name":"t"}],"depend_mask":"(("}]}}"#,
      "blocks[0].depend_mask"
    ),
    (
      #"{"job":{"name":"a","blocks":[{"name":"x","command":"true","tasks":[{"name":"t"}],"depend_mask":"y"},{"name":"y","command":"true","tasks":[{"name":"t"}],"depend_mask":"x"}]}}"#,
      "wait for each other"
    ),
    (
      #"{"job":{"name":"a","blocks":[{"name":"b","command":"true","tasks":[{"name":"t"}]},{"name":"c","command":"true","frame_first":1,"frame_lst":2}]}}"#,
      "blocks[1].frame_lst"
    ),
    (#"{"job":{"name":"a","name":"b","blocks":[]}}"#, "twice"),
    (
      #"{"job":{"name":"a","blocks":[{"name":"b","command":"true","frame_first":1,"frame_last":900000000}]}}"#,
      "blocks[0].frame_last"
    ),
  ]

  @Test("each is refused whole with one clear line, and the list of jobs is unchanged")
  func refused() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.mustReeve(["run", "--paused", "--name", "witness", "--", "true"])
    let before = try farm.mustReeve(["jobs", "--json"])
    for (document, place) in Self.documents {
      let result = try farm.reeve(["submit", "-"], input: document)
      let lines = result.errors.split(separator: "\n").filter { !$0.contains("first met") }
      #expect(result.status == 1, "\(document): \(result)")
      #expect(result.output.isEmpty, "\(document)")
      #expect(lines.count == 1 && lines[0].hasPrefix("reeve: "), "\(document): \(result.errors)")
      #expect(lines.first?.contains(place) == true, "\(document): expected \(place) in \(result.errors)")
    }
    #expect(try farm.mustReeve(["jobs", "--json"]) == before)
  }

  @Test("a command that cannot be started is an error with the reason in its log")
  func cannotStart() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let job = """
      {"job": {"name": "nowhere", "blocks": [{"name": "b", "errors_retries": 0, "working_directory": "/no/such/folder",
       "command": "true", "tasks": [{"name": "t"}]}]}}
      """
    let id = try farm.mustReeve(["submit", "-"], input: job)
    #expect(try farm.reeve(["wait", id, "--timeout", "600"]).status == 1)
    let tasks = try farm.mustReeve(["tasks", id, "--json"])
    #expect(tasks.contains("ERR") && tasks.contains("/no/such/folder"), "\(tasks)")
  }
}
