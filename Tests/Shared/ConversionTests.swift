import Model
import Testing
import Wire

@Suite("rows on the wire") struct ConversionTests {
  private let counts: TaskCounts = {
    var counts = TaskCounts()
    for (number, phase) in TaskPhase.allCases.enumerated() { counts[phase] = Int32(number + 1) }
    counts.total = 45
    counts.warning = 2
    return counts
  }()

  @Test("come out as they went in")
  func rows() {
    let job = JobSummary(
      id: JobID(7), name: "a", user: "b", priority: 99, state: [.ready, .running], counts: counts, created: Instant(seconds: 5),
      started: Instant(microseconds: 7), done: .never, blockCount: 3, annotation: "c", progressBar: "DDRr")
    #expect(JobSummary(WireJobRow(job)) == job)
    let block = BlockSummary(
      job: JobID(7), block: BlockIndex(2), name: "a", service: "povray", state: .error, counts: counts, capacity: 10, errors: 3,
      runSeconds: 99, started: Instant(seconds: 1), done: Instant(seconds: 2))
    #expect(BlockSummary(WireBlockRow(block)) == block)
    let key = TaskKey(job: JobID(1), block: BlockIndex(2), task: TaskIndex(3))
    let task = TaskSummary(
      key: key, name: "frame 3", phase: .errorReady, flags: [.warning, .parserBadResult], percent: 50, frame: 3, starts: 2,
      errors: 1,
      render: "r1", started: Instant(seconds: 3), finished: Instant(seconds: 4), activity: "x", reason: "y")
    #expect(TaskSummary(WireTaskRow(task)) == task)
    var resources = HostResources()
    resources.cpuCount = 8
    resources.memoryFreeMB = 1234
    resources.loadHundredths = [150, 20, 3]
    let render = RenderSummary(
      id: RenderID(4), name: "r", user: "u", state: [.online, .busy], capacity: 1100, capacityUsed: 1000, maxTasks: 4,
      running: [key],
      resources: resources, version: "1", os: "linux", address: "127.0.0.1", registered: Instant(seconds: 1),
      seen: Instant(seconds: 2),
      changed: Instant(seconds: 3))
    #expect(RenderSummary(WireRenderRow(render)) == render)
  }

  @Test("operations too")
  func operations() throws {
    for kind in Operation.Kind.allCases {
      let operation = Operation(
        kind: kind, jobs: .ids([JobID(3), JobID(4)]), block: .name("render"), tasks: [TaskRange(first: 1, last: 5, isFrames: true)])
      #expect(try Operation(WireOperate(operation)) == operation)
    }
    #expect(throws: Failure.self) { try Operation(WireOperate()) }
  }
}
