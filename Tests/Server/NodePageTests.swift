import Model
import Settings
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("the pages of a render and of a task") struct NodePageTests {
  private func subscribe(_ guest: Guest, _ number: UInt32, _ topic: WireSubscribe.OneOf_Topic) {
    var subscribe = WireSubscribe()
    subscribe.subscription = number
    subscribe.topic = topic
    guest.send(.subscribe(subscribe))
  }

  private func renderTopic(_ id: UInt32) -> WireSubscribe.OneOf_Topic {
    var view = WireRenderView()
    view.render = id
    return .render(view)
  }

  private func taskTopic(_ key: WireTaskKey) -> WireSubscribe.OneOf_Topic {
    var view = WireTaskView()
    view.task = key
    return .task(view)
  }

  private func report(_ render: Guest, cpu: Int32, memoryFree: Int64 = 0) {
    var update = WireRenderUpdate()
    update.resources.cpuPercent = cpu
    update.resources.cpuCount = 8
    update.resources.loadHundredths = [150, 0, 0]
    update.resources.memoryTotalMb = 1000
    update.resources.memoryFreeMb = memoryFree
    update.resources.netReceivedKbps = 30
    update.resources.netSentKbps = 12
    update.resources.gpuPercent = -1
    render.send(.update(update))
  }

  private func renderPages(_ frames: [WireServerFrame], _ number: UInt32) -> [WireRenderPage] {
    ViewTests.updates(frames, number).filter(\.hasRenderPage).map(\.renderPage)
  }

  private func taskPages(_ frames: [WireServerFrame], _ number: UInt32) -> [WireTaskPage] {
    ViewTests.updates(frames, number).filter(\.hasTaskPage).map(\.taskPage)
  }

  @Test("a render's page begins with how busy it was, and goes on with what changes")
  func render() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let console = try await house.guest(.console)
    let render = try await house.guest(.render)
    let other = try await house.guest(.render)
    let id = try await render.register("r1").render
    for cpu: Int32 in [10, 20, 30] { report(render, cpu: cpu, memoryFree: 250) }
    // What was sent before was taken before: of one connection all comes in order.
    let early = try await guest.submit(document("early"))
    let first = try #require(try await render.starts(1).first)
    render.finish(first)
    try await render.acknowledged(first.lease)

    subscribe(console, 1, renderTopic(id))
    let page = try await console.frames.first("a page") { renderPages($0, 1).first }
    #expect(page.render.name == "r1")
    #expect(page.samples.dropFirst().map(\.cpu) == [11, 21, 31], "the first came with the registration; one more than it is")
    #expect(page.samples.last?.memory == 76 && page.samples.last?.netKbps == 42 && page.samples.last?.loadHundredths == 150)
    #expect(page.samples.last?.gpu == 0 && page.samples.last?.swap == 0, "there is none")
    #expect(page.running.isEmpty)
    let texts = page.lines.map(\.text)
    #expect(texts.contains { $0.hasPrefix("online from") })
    #expect(texts.suffix(2).first == "task \(early)[0][0] begins")
    #expect(texts.last?.hasPrefix("task \(early)[0][0] is done after") == true)

    report(render, cpu: 40)
    _ = try await console.frames.first("a sample more") { frames in
      renderPages(frames, 1).dropFirst().contains { $0.samples.map(\.cpu) == [41] } ? true : nil
    }
    let job = try await guest.submit(document("film"))
    let start = try #require(try await render.starts(2).last)
    let running = try await console.frames.first("what it runs") { frames in
      renderPages(frames, 1).dropFirst().lazy.compactMap { $0.running.first }.first
    }
    #expect((running.jobName, running.blockName, running.user) == ("film", "block", "ann"))
    #expect(running.task.key.job == job)
    _ = try await other.register("r2")
    report(other, cpu: 99)

    var progress = WireRunUpdate()
    progress.lease = start.lease
    progress.progress.percent = 42
    progress.progress.frame = -1
    var update = WireRenderUpdate()
    update.runs = [progress]
    render.send(.update(update))
    _ = try await console.frames.first("how far it is") { frames in
      renderPages(frames, 1).contains { $0.running.contains { $0.task.percent == 42 } } ? true : nil
    }
    render.finish(start, .exitStatus)
    _ = try await console.frames.first("its end") { frames in
      renderPages(frames, 1).contains { page in
        page.lines.contains { $0.text.hasPrefix("task \(job)[0][0] ended with status 0") && $0.level == 3 }
      } ? true : nil
    }
    let began = renderPages(console.frames.all, 1).flatMap(\.lines).filter { $0.text == "task \(job)[0][0] begins" }
    #expect(began.count == 1, "each is said once")
    #expect(ViewTests.updates(console.frames.all, 1).filter(\.snapshot).count == 1)
    #expect(renderPages(console.frames.all, 1).allSatisfy { !$0.hasRender || $0.render.name == "r1" })
    for one in [guest, console, render, other] { await one.connection.close() }
    await house.close()
  }

  @Test("a render that is not known is said not to be")
  func noRender() async throws {
    let house = try await House.open(store: TrickStore())
    let console = try await house.guest(.console)
    subscribe(console, 1, renderTopic(77))
    let failure = try await console.frames.first("a failure") { frames in
      ViewTests.updates(frames, 1).first.map { $0.failure.message }
    }
    #expect(failure.contains("does not know this render"))
    await console.connection.close()
    await house.close()
  }

  @Test("a task's page has its runs, the renders on which it failed, and what was said about it")
  func task() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let console = try await house.guest(.console)
    let render = try await house.guest(.render)
    _ = try await render.register("r1", maxTasks: 1)
    let job = try await guest.submit(document("film"))
    let first = try #require(try await render.starts(1).first)
    render.finish(first, .exitStatus)
    let second = try #require(try await render.starts(2).last)

    subscribe(console, 1, taskTopic(first.key))
    let page = try await console.frames.first("a page") { taskPages($0, 1).first }
    #expect(page.task.starts == 2 && page.task.errors == 1)
    #expect((page.jobName, page.blockName, page.user) == ("film", "block", "ann"))
    #expect(page.runs.map(\.start) == [1])
    #expect(page.runs[0].render == "r1" && page.runs[0].outcome == UInt32(RunOutcome.exitStatus.rawValue))
    #expect(page.runs[0].ended >= page.runs[0].started && page.runs[0].wish == 0)
    #expect(page.errorHostsChanged && page.errorHosts.map(\.name) == ["r1", "r1"])
    let texts = page.lines.map(\.text)
    #expect(texts.first == "start 1 begins on r1")
    #expect(texts.contains { $0.hasPrefix("error 1 on r1") })
    #expect(texts.contains { $0.hasPrefix("start 1 on r1 ended with status 0") })
    #expect(texts.last == "start 2 begins on r1")

    // Stopped by somebody, and begun anew.
    try await guest.operate(.restart, job)
    render.finish(second, .stopped)
    let third = try #require(try await render.starts(3).last)
    let run = try await console.frames.first("the second run") { frames in
      taskPages(frames, 1).dropFirst().flatMap(\.runs).first
    }
    #expect(run.start == 2 && run.wish == UInt32(RunEnd.Wish.restart.rawValue))
    render.finish(third)
    _ = try await console.frames.first("the end") { frames in
      taskPages(frames, 1).contains { $0.task.phase == UInt32(TaskPhase.done.rawValue) } ? true : nil
    }
    try await guest.operate(.resetErrorHosts, job)
    _ = try await console.frames.first("no error hosts") { frames in
      taskPages(frames, 1).dropFirst().contains { $0.errorHostsChanged && $0.errorHosts.isEmpty } ? true : nil
    }
    #expect(taskPages(console.frames.all, 1).flatMap(\.runs).map(\.start) == [1, 2, 3], "each once")
    try await guest.operate(.delete, job)
    _ = try await console.frames.first("the job is gone") { frames in
      ViewTests.updates(frames, 1).contains { $0.hasFailure } ? true : nil
    }
    for one in [guest, console, render] { await one.connection.close() }
    await house.close()
  }

  @Test("a task's page that was gone with its job is there again when the deletion is taken back")
  func undone() async throws {
    let settings = try Settings.load(overrides: ["af_undo_grace": "600"], environment: [:])
    let house = try await House.open(store: TrickStore(), settings: settings)
    let guest = try await house.guest()
    let console = try await house.guest(.console)
    let job = try await guest.submit(document("film"))
    subscribe(console, 1, taskTopic(WireTaskKey(TaskKey(job: JobID(job), block: BlockIndex(0), task: TaskIndex(0)))))
    _ = try await console.frames.first("a page") { taskPages($0, 1).first }
    try await guest.operate(.delete, job)
    _ = try await console.frames.first("no page") { frames in
      ViewTests.updates(frames, 1).contains { $0.hasFailure } ? true : nil
    }
    _ = try await guest.connection.request(.undo(WireUndo()))
    let name = try await console.frames.first("a page again") { frames -> String? in
      let all = ViewTests.updates(frames, 1)
      guard let gone = all.lastIndex(where: { $0.hasFailure }), gone < all.count - 1 else { return nil }
      return taskPages(frames, 1).last?.jobName
    }
    #expect(name == "film")
    for one in [guest, console] { await one.connection.close() }
    await house.close()
  }

  @Test("what the journal has of a render and a task is in their logs after a restart too, and nothing is there twice")
  func restart() async throws {
    var house = try await House.open()
    let scratch = house.scratch
    var guest = try await house.guest()
    let render = try await house.guest(.render)
    let id = try await render.register("r1", maxTasks: 1).render
    try await guest.raise()
    let edit = EditRequest(target: .renders(.names(["r1"])), changes: [.init(key: "priority", value: .integer(7))])
    _ = try await guest.connection.request(.edit(WireEdit(edit)))
    let job = try await guest.submit(document("film"))
    let start = try #require(try await render.starts(1).first)
    render.finish(start, .exitStatus)
    try await render.acknowledged(start.lease)

    func logs(_ number: UInt32) async throws -> (render: [WireNodeLine], task: [WireNodeLine]) {
      let console = try await house.guest(.console)
      subscribe(console, number, renderTopic(id))
      subscribe(console, number + 1, taskTopic(start.key))
      let render = try await console.frames.first("a render's page") { renderPages($0, number).first }
      let task = try await console.frames.first("a task's page") { taskPages($0, number + 1).first }
      await console.connection.close()
      return (render.lines, task.lines)
    }
    let before = try await logs(1)
    #expect(before.render.filter { $0.text.hasPrefix("set: priority") && $0.who == "ann@desk (administrator)" }.count == 1)
    #expect(before.task.filter { $0.text.hasPrefix("error 1 on r1") }.count == 1, "it was logged and journalled")
    for one in [guest, render] { await one.connection.close() }
    await house.close()

    house = try await House.open(scratch: scratch)
    let after = try await logs(3)
    #expect(after.render.filter { $0.text.hasPrefix("set: priority") && $0.who == "ann@desk (administrator)" }.count == 1)
    #expect(after.task.filter { $0.text.hasPrefix("error 1 on r1") && $0.level == 3 }.count == 1)
    guest = try await house.guest()
    #expect(try await guest.jobs().map(\.id) == [job])
    await guest.connection.close()
    await house.close()
  }

  // MARK: What is remembered

  private func key(_ task: Int) -> TaskKey { TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(task)) }

  @Test("a ring finds the last of each node, and forgets the oldest of all")
  func ring() {
    var ring = ChainedRing<Int>(capacity: 5)
    #expect(ring.last(3, of: .task(key(0))) == [])
    for number in 1...8 { ring.append(number, of: .task(key(number % 2)), and: .render(RenderID(UInt32(number % 4)))) }
    #expect(ring.count == 5)
    #expect(ring.last == 8)
    #expect(ring.last(10, of: .task(key(0))) == [4, 6, 8])
    #expect(ring.last(10, of: .task(key(1))) == [5, 7])
    #expect(ring.last(2, of: .task(key(0))) == [6, 8])
    #expect(ring.last(10, of: .render(RenderID(0))) == [4, 8])
    #expect(ring.last(10, of: .task(key(0)), after: 4) == [6, 8])
    #expect(ring.last(10, of: .task(key(0)), after: 8) == [])
    for number in 9...13 { ring.append(number, of: .task(key(7))) }
    #expect(ring.last(10, of: .task(key(0))) == [])
    #expect(ring.last(10, of: .task(key(7))) == [9, 10, 11, 12, 13])
  }

  @Test("of a render the last minutes are kept, whatever it says of itself")
  func samples() {
    var memory = NodeMemory()
    let render = RenderID(1)
    let now = Instant(seconds: 1_790_000_000)
    #expect(memory.samples(of: render, after: 0).samples.isEmpty)
    var resources = HostResources()
    for number in 0..<200 {
      resources.cpuPercent = Int32(number % 100)
      memory.note(resources, of: render, at: now + .seconds(Int64(number)))
    }
    let all = memory.samples(of: render, after: 0)
    #expect(all.count == 200)
    #expect(all.samples.map(\.cpu) == (140..<200).map { UInt8($0 % 100) })
    #expect(memory.samples(of: render, after: 198).samples.map(\.cpu) == [98, 99])
    #expect(memory.samples(of: render, after: 200).samples.isEmpty)
    #expect(MemoryLayout<ResourceSample>.stride == 20)
    // Nonsense from an agent.
    resources.memoryTotalMB = .max
    resources.memoryFreeMB = .min
    resources.swapTotalMB = -3
    resources.diskReadKBps = .max
    resources.diskWriteKBps = .max
    resources.netSentKBps = .min
    resources.loadHundredths = []
    resources.cpuPercent = .max
    memory.note(resources, of: render, at: now)
    let last = memory.samples(of: render, after: 200).samples.last
    #expect(last?.memory == 100 && last?.swap == ResourceSample.unknown && last?.diskKBps == .max && last?.netKBps == 0)
    #expect(last?.cpu == 100 && last?.loadHundredths == 0)
    memory.forget(render)
    #expect(memory.samples(of: render, after: 0).samples.isEmpty)
  }
}
