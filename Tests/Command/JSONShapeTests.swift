@testable import Command
import Model
import Testing

@Suite("What programs see")
struct JSONShapeTests {
  private func keys(_ object: JSONObject) -> Set<String> { Set(object.members.map(\.key)) }

  @Test("a job has Afanasy's keys; times are RFC 3339 in UTC, null for never")
  func job() {
    let object = JobPresentation.json(Rows.jobs[0])
    #expect(
      keys(object).isSuperset(of: [
        "id", "name", "user_name", "priority", "st", "state", "annotation", "time_creation", "time_started", "time_done",
        "tasks_ready",
        "tasks_error", "running_tasks_num",
      ]))
    #expect(object["time_started"] == .string("2025-11-22T00:51:07Z"))
    #expect(object["time_done"] == .null)
    #expect(object["state"] == .string("RDY RUN"))
    #expect(object["st"] == .integer(3))
  }

  @Test("a name goes out as it is, only escaped as JSON must")
  func hostileName() {
    #expect(JobPresentation.json(Rows.jobs[2])["name"] == .string("evil\u{1B}[2J\u{202E}\nname"))
    #expect(JSONValue.string("\u{1B}").text() == "\"\\u001b\"")
  }

  @Test("a job in full is its document with the computed keys beside, and can be submitted again")
  func detail() throws {
    let document = try JSONParser.parse(PresentationTests.document)
    let json = JobDetail(
      row: Rows.jobs[0], blocks: [Rows.block], document: document,
      forecast: Forecast(job: JobID(5), likely: Rows.now, early: Rows.now, late: .never),
      explanation: Explanation(subject: "job 5", verdict: "runs on 2 renders")
    ).json
    #expect(json["job"]?["time_eta"] == .string("2025-11-22T01:53:07Z"))
    #expect(json["job"]?["explanation"] == .string("runs on 2 renders"))
    #expect(json["job"]?["host_name"] == .string("box"))
    #expect(json["job"]?["id"] == .integer(5))
    let block = try #require(json["job"]?["blocks"]?.array?.first)
    #expect(block["command"] == .string("povray +SF@#@ +EF@#@ scene.ini"))
    #expect(block["frame_last"] == .integer(48))
    #expect(block["block_num"] == .integer(0))
    #expect(block["p_tasks_done"] == .integer(12))
    #expect(block["time_started"] == .string("2025-11-22T00:51:07Z"))
    let again = try JobDocument.read(json, defaultUser: "bob")
    #expect(again.warnings == [])
    #expect(again.job == (try JobDocument.read(document, defaultUser: "bob")).job)
  }

  @Test("a task has the keys of its progress and its place")
  func task() {
    let object = TaskPresentation.json(Rows.tasks[1])
    #expect(
      keys(object).isSuperset(of: [
        "job_id", "block_num", "task_num", "name", "st", "state", "per", "frm", "str", "err", "tst", "tdn", "hst", "act",
      ]))
    #expect(object["hst"] == .string("r2"))
    #expect(object["per"] == .integer(42))
    #expect(object["tst"] == .string("2025-11-22T01:52:37Z"))
  }

  @Test("output has the shape of TOutput")
  func output() {
    let json = TaskPresentation.output(Rows.tasks[0], text: "a\n")
    #expect(json["task"]?["type"] == .string("TOutput"))
    #expect(json["task"]?["data"] == .string("a\n"))
    #expect(json["task"]?["pos"]?["job"] == .integer(5))
    #expect(json["task"]?["progress"]?["state"] == .string("DON WRN"))
  }

  @Test("a render has Afanasy's keys, its machine's too; graphics only where there is one")
  func render() {
    let object = RenderPresentation.json(Rows.renders[0])
    #expect(
      keys(object).isSuperset(of: [
        "id", "name", "user_name", "priority", "st", "state", "nimby", "NIMBY", "paused", "capacity_host", "max_tasks_host",
        "capacity_used", "tasks", "engine", "os", "address", "time_register", "time_update", "task_start_finish_time",
        "host_resources",
      ]))
    #expect(object["host_resources"]?["mem_free_mb"] == .integer(12_345))
    #expect(object["host_resources"]?["gpu_gpu_util"] == nil)
    #expect(RenderPresentation.json(Rows.renders[1])["state"] == .string("OFF NbY"))
  }

  @Test("a user and an outcome")
  func others() {
    #expect(
      JSONValue.object(
        UserPresentation.json(
          UserRow(summary: UserSummary(name: "ann", jobs: 2, running: 3), parameters: ["priority": .integer(5)]))
      ).text() == #"{"name":"ann","jobs_num":2,"running_tasks_num":3,"priority":5}"#)
    #expect(
      OutcomePresentation.json([OperationOutcome(job: JobID(5), name: "a", isDone: true, message: "started", changedTasks: 0)])
        .text()
        == #"{"jobs":[{"id":5,"name":"a","done":true,"message":"started","changed_tasks":0}]}"#)
  }
}
