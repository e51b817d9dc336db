import Foundation
import Testing
import TestSupport

@Suite("result files, section 3.14") struct ResultFileTests {
  /// A job whose tasks leave a picture each and count their runs.
  private func document(_ scratch: ScratchFolder, flags: Int, command: String, more: String = "") -> String {
    """
    {"job": {"name": "pictures", "blocks": [{"name": "render", "flags": \(flags), "frame_first": 8, "frame_last": 10,
      "working_directory": "\(scratch.path)", "command": "\(command)", "files": ["out.@####@.txt"]\(more)}]}}
    """
  }

  private func states(_ farm: TestFarm, _ job: String) throws -> [String] {
    let text = try farm.mustReeve(["tasks", job, "--json"])
    let rows = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let tasks = rows as? [[String: Any]] ?? (rows as? [String: Any])?["tasks"] as? [[String: Any]] ?? []
    return tasks.compactMap { $0["state"] as? String }
  }

  @Test("rendered twice, the second time every frame is skipped; a frame that was deleted is rendered anew")
  func skipped() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    try scratch.write("", to: "runs")
    let job = try farm.mustReeve(
      ["submit", "-"], input: document(scratch, flags: 65, command: "echo @#@ >>runs; echo picture >out.@####@.txt"))
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try states(farm, job) == ["DON", "DON", "DON"])
    #expect(scratch.read("out.0009.txt") == "picture\n")
    #expect(scratch.read("runs")?.split(separator: "\n").sorted() == ["10", "8", "9"])

    try farm.mustReeve(["restart", job])
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try states(farm, job) == ["DON SKP", "DON SKP", "DON SKP"])
    #expect(scratch.read("runs")?.split(separator: "\n").count == 3, "nothing was run")
    #expect(try farm.mustReeve(["log", job, "0", "f9"]).contains("its result file is there already"))

    try FileManager.default.removeItem(atPath: scratch.file("out.0009.txt"))
    try farm.mustReeve(["restart", job])
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try states(farm, job) == ["DON SKP", "DON", "DON SKP"])
    #expect(scratch.read("out.0009.txt") == "picture\n")
  }

  @Test("a frame without its file is an error that names it, tried as often as the block says")
  func missing() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let job = try farm.mustReeve(
      ["submit", "-"],
      input: document(
        scratch, flags: 129, command: "test @#@ = 9 || echo picture >out.@####@.txt",
        more: #", "errors_retries": 1, "errors_task_same_host": 0, "errors_avoid_host": 0"#))
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 1)
    #expect(try states(farm, job) == ["DON", "ERR BRF", "DON"])
    let log = try farm.mustReeve(["log", job, "0", "f9"])
    #expect(log == "reeve-render: the result file \(scratch.file("out.0009.txt")) is missing")
    let text = try farm.mustReeve(["tasks", job, "--json"])
    #expect(text.contains("the result file \(scratch.file("out.0009.txt")) is missing"))
    #expect(text.contains("\"err\":2,"), "\(text)")
  }

  @Test("a file that is smaller than it should be is one too")
  func small() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let job = try farm.mustReeve(
      ["submit", "-"],
      input: document(
        scratch, flags: 129 + 64, command: "echo picture >out.@####@.txt", more: #", "errors_retries": 0, "file_size_min": 100"#))
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 1)
    #expect(try states(farm, job) == ["ERR BRF", "ERR BRF", "ERR BRF"])
    #expect(try farm.mustReeve(["log", job, "0", "f8"]).contains("has 8 bytes, at least 100 are expected"))
  }
}
