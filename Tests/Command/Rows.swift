import Model

/// Rows for tests of what is shown.
enum Rows {
  static let now = Instant(seconds: 1_763_776_387)

  static func counts(total: Int32, done: Int32 = 0, running: Int32 = 0, error: Int32 = 0, ready: Int32 = 0) -> TaskCounts {
    var counts = TaskCounts()
    counts.total = total
    counts.done = done
    counts.running = running
    counts.error = error
    counts.ready = ready
    return counts
  }

  static func job(
    _ id: UInt32, _ name: String, user: String = "ann", state: StateBits = .running, counts: TaskCounts,
    started: Int64 = 3720, done: Int64? = nil
  ) -> JobSummary {
    JobSummary(
      id: JobID(id), name: name, user: user, priority: 99, state: state, counts: counts, created: now + .seconds(-5000),
      started: started == 0 ? .never : now + .seconds(-started), done: done.map { now + .seconds(-$0) } ?? .never, blockCount: 1,
      progressBar: "DDRr")
  }

  static let jobs = [
    job(5, "shot_010 beauty", state: [.ready, .running], counts: counts(total: 24, done: 12, running: 2, ready: 10)),
    job(6, "日本のジョブ", user: "佐藤", state: .done, counts: counts(total: 100_000, done: 100_000), started: 400, done: 93),
    job(1207, "evil\u{1B}[2J\u{202E}\nname", state: .error, counts: counts(total: 3, done: 1, error: 2)),
    job(1208, "not begun", state: [.ready, .offline], counts: counts(total: 1, ready: 1), started: 0),
  ]

  static let block = BlockSummary(
    job: JobID(5), block: BlockIndex(0), name: "render", service: "povray", state: [.ready, .running],
    counts: counts(total: 24, done: 12, running: 2, ready: 10), capacity: 1000, errors: 1, runSeconds: 640,
    started: now + .seconds(-3720))

  static let tasks = [
    TaskSummary(
      key: TaskKey(job: JobID(5), block: BlockIndex(0), task: TaskIndex(0)), name: "frame 1", phase: .done, flags: .warning,
      percent: 100, starts: 1, render: "r1", started: now + .seconds(-100), finished: now + .seconds(-40)),
    TaskSummary(
      key: TaskKey(job: JobID(5), block: BlockIndex(0), task: TaskIndex(1)), name: "frame 2", phase: .running, percent: 42,
      frame: 2,
      starts: 2, errors: 1, render: "r2", started: now + .seconds(-30), finished: now, activity: "Rendering",
      reason: "exit status 1"),
    TaskSummary(
      key: TaskKey(job: JobID(5), block: BlockIndex(0), task: TaskIndex(2)), name: "frame 3", phase: .error, starts: 4, errors: 4,
      render: "r1", started: now + .seconds(-90), finished: now + .seconds(-80), reason: "povray: no such file \"scene.pov\""),
    TaskSummary(key: TaskKey(job: JobID(5), block: BlockIndex(0), task: TaskIndex(3)), name: "frame 4", phase: .ready),
  ]

  static var renders: [RenderSummary] {
    var machine = HostResources()
    machine.cpuCount = 8
    machine.cpuMHz = 3600
    machine.cpuPercent = 73
    machine.loadHundredths = [612, 540, 100]
    machine.memoryTotalMB = 31_900
    machine.memoryFreeMB = 12_345
    return [
      RenderSummary(
        id: RenderID(1), name: "r1", user: "ann", state: [.online, .busy], capacity: 1100, capacityUsed: 1000, maxTasks: 4,
        running: [tasks[1].key], resources: machine, version: "0.1.0", os: "linux", address: "10.0.0.1",
        registered: now + .seconds(-9000), seen: now + .seconds(-2), changed: now + .seconds(-30)),
      RenderSummary(
        id: RenderID(2), name: "workstation-of-the-night-shift", user: "bob", state: [.nimby], capacity: 1100, maxTasks: 4,
        seen: now + .seconds(-90_000)),
    ]
  }
}
