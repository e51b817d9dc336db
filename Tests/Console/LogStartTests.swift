import Model
import Testing

@testable import Console

@Suite("The output of a task: earlier starts") struct LogStartTests {
  @Test("what the task is now is told of its last start, not of one before it")
  func earlier() {
    var console = Fixture(Size(rows: 24, columns: 100))
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("Enter")
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
    console.type("Enter")
    var task = Sample.task(JobID(2), BlockIndex(0), 0)
    (task.phase, task.starts, task.render, task.reason) = (.error, 3, "render02", "exit status 1")
    console.showLog("third\n", isEnd: true, task: task)
    #expect(console.text[1].contains("start 3  error  render02"))
    #expect(console.text.contains { $0.contains("the end of this run: error: exit status 1") })
    console.type("<")
    console.showLog("second\n", isEnd: true, task: task)
    #expect(console.text[1].contains("start 2 of 3") && !console.text[1].contains("render02"))
    #expect(console.text.contains { $0.contains("second") } && !console.text.contains { $0.contains("exit status 1") })
  }
}
