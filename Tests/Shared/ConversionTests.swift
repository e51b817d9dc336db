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
      started: Instant(microseconds: 7), done: .never, blockCount: 3, annotation: "c", progressBar: "DDRr", branch: "/film")
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

  @Test("what an agent says of its machine is brought to what can be added and multiplied", arguments: [Int64.min, -1, 0, .max])
  func extremes(_ value: Int64) {
    let small = Int32(clamping: value)
    var wire = WireResources()
    wire.cpuCount = small
    wire.cpuMhz = small
    wire.loadHundredths = [small, small, small]
    (wire.cpuPercent, wire.diskBusyPercent, wire.gpuPercent) = (small, small, small)
    // The worst for a difference, too.
    (wire.memoryTotalMb, wire.memoryFreeMb) = (value, value == .max ? .min : .max)
    (wire.swapTotalMb, wire.swapUsedMb, wire.diskTotalGb, wire.diskFreeGb) = (value, .max, value, .max)
    (wire.diskReadKbps, wire.diskWriteKbps, wire.netReceivedKbps, wire.netSentKbps) = (value, .max, value, .max)
    (wire.gpuMemoryTotalMb, wire.gpuMemoryUsedMb) = (value, .max)
    let resources = HostResources(wire)
    #expect((0...100).contains(resources.memoryUsedPercent) && (0...100).contains(resources.swapUsedPercent))
    #expect(resources.netMBps >= 0 && resources.gpuMemoryFreeMB >= 0)
    #expect((0...100).contains(resources.cpuPercent) && (-1...100).contains(resources.gpuPercent))
    #expect(resources.memoryTotalMB - resources.memoryFreeMB <= 1 << 48)
    #expect(resources.loadHundredths.allSatisfy { $0 >= 0 } && resources.cpuCount >= 0)
    // As it is stored it comes back.
    #expect(HostResources(WireResources(resources)) == resources)
  }

  @Test("operations too")
  func operations() throws {
    for kind in Operation.Kind.allCases {
      let operation = Operation(
        kind: kind, jobs: .ids([JobID(3), JobID(4)]), block: .name("render"), tasks: [TaskRange(first: 1, last: 5, isFrames: true)],
        affectsDepends: kind == .restart)
      #expect(try Operation(WireOperate(operation)) == operation)
    }
    #expect(throws: Failure.self) { try Operation(WireOperate()) }
  }

  @Test("edits and orders too, each kind of node by name and by mask")
  func edits() throws {
    let jobs = JobSelection.ids([JobID(3)])
    let targets: [EditTarget] = [
      .jobs(jobs), .jobs(.mask("a.*")), .blocks(jobs, .name("render")), .blocks(jobs, nil),
      .tasks(.name("x"), .index(BlockIndex(2)), [TaskRange(first: 1, last: 5), TaskRange(first: 7, last: 8, isFrames: true)]),
      .renders(.names(["a", "b"])), .renders(.mask("r.*")), .pools(.names(["/"])), .branches(.names(["/film"])),
      .users(.names(["ann"])),
    ]
    let changes = [
      EditRequest.Change(key: "priority", value: .integer(5)), .init(key: "tickets_pool.NUKE", value: .null),
      .init(key: "services", value: .string("nuke"), manner: .add), .init(key: "services", value: .string("maya"), manner: .remove),
    ]
    for target in targets {
      let request = EditRequest(target: target, changes: changes)
      #expect(try EditRequest(WireEdit(request)) == request)
      #expect(request.edit == nil)
      #expect(
        EditRequest(target: target, changes: [changes[0]]).edit?.changes == [Edit.Change(key: "priority", value: .integer(5))])
    }
    for kind in NodeOrder.Kind.allCases {
      let order = NodeOrder(kind: kind, names: ["a"], creates: kind == .pool)
      #expect(try NodeOrder(WireOrderNodes(order)) == order)
    }
    let outcome = NodeOutcome(node: "job 3", isDone: true, message: "priority: 1 -> 2")
    #expect(NodeOutcome(WireNodeOutcome(outcome)) == outcome)
  }

  @Test("an edit that names nothing, changes nothing or has a mask that does not compile is a usage error")
  func badEdits() {
    var wire = WireEdit(EditRequest(target: .pools(.names(["/"])), changes: [.init(key: "a", value: .null)]))
    let good = wire
    wire.nodes.names = []
    #expect { try EditRequest(wire) } throws: { ($0 as? Failure)?.code == .usage }
    wire.nodes.mask = "("
    #expect { try EditRequest(wire) } throws: { ($0 as? Failure)?.code == .usage }
    wire = good
    wire.changes = []
    #expect { try EditRequest(wire) } throws: { ($0 as? Failure)?.code == .usage }
    wire = good
    wire.changes[0].value = "{"
    #expect { try EditRequest(wire) } throws: { ($0 as? Failure)?.code == .usage }
    wire = good
    wire.target = .unspecified
    #expect { try EditRequest(wire) } throws: { ($0 as? Failure)?.code == .usage }
  }

  @Test("explanations, forecasts and the journal too")
  func questions() {
    let explanation = Explanation(
      subject: "job 3", verdict: "waits", rules: [.init(key: "nimby", node: "render r1", text: "12 renders are nimby", renders: 12)]
    )
    #expect(Explanation(WireExplained(explanation)) == explanation)
    let forecast = Forecast(job: JobID(3), likely: Instant(seconds: 5), early: .never, late: Instant(seconds: 9), reason: "x")
    #expect(Forecast(WireForecastRow(forecast)) == forecast)
    let entry = JournalEntry(
      number: 7, time: Instant(seconds: 1), subject: "ann@desk", type: "jobs set", object: "job 3", info: "a")
    #expect(JournalEntry(WireJournalRow(entry)) == entry)
  }
}
