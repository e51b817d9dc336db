import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Who gets a render (sections 3.3 to 3.5, 3.9, 3.10)")
struct DispatchTests {
  @Test("3.3 need: priority over what runs already, then the older job; in a job the block's place, then the task's")
  func order() {
    var driver = FarmDriver()
    let low = driver.submit(job(frames(1, 1), priority: 10))
    let old = driver.submit(job(frames(1, 2), frames(1, 1, name: "second"), priority: 50))
    let young = driver.submit(job(frames(1, 1), priority: 50))
    let never = driver.submit(job(frames(1, 1), priority: 0))
    let paused = driver.submit(job(frames(1, 1), priority: 200, offline: true))
    driver.register("r1", capacity: 100_000)
    #expect(
      driver.starts.map(\.key) == [
        driver.key(old, 0), driver.key(young, 0), driver.key(old, 1), driver.key(old, 0, block: 1), driver.key(low, 0),
      ])
    #expect(driver.letters(never) == "r")
    #expect(driver.letters(paused) == "r")
    #expect(driver.farm.jobState(paused) == [.ready, .offline])
  }

  @Test("3.2, 3.9 capacity and the number of tasks bound what a render takes; both come back")
  func capacity() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 9, capacity: 400)))
    let first = driver.register("r1", capacity: 1000)
    #expect(driver.starts.count == 2)
    #expect(driver.farm.render(first)?.capacityUsed == 800)
    let second = driver.register("r2", capacity: 100_000, maxTasks: 3)
    #expect(driver.starts.count == 3)
    #expect(driver.farm.render(second)?.running.count == 3)
    driver.finish(id, 0)
    #expect(driver.startedOn == [first])
    driver.finish(id, 2)
    #expect(driver.startedOn == [second])
  }

  @Test("3.7 what does not fit does not keep what fits from running")
  func noHeadOfLineBlocking() {
    var driver = FarmDriver()
    let big = driver.submit(job(frames(1, 1, capacity: 5000), priority: 200))
    let service = driver.submit(job(frames(1, 1, service: "nuke"), priority: 150))
    let small = driver.submit(job(frames(1, 1)))
    driver.register("r1", capacity: 1000, services: ["generic"])
    #expect(driver.starts.map(\.key.job) == [small])
    #expect(driver.letters(big) + driver.letters(service) == "rr")
    driver.register("r2", capacity: 6000)
    #expect(driver.starts.map(\.key.job) == [big, service])
  }

  @Test("3.5 fewest running tasks first, then most free capacity, then the name")
  func renderOrder() {
    var driver = FarmDriver()
    let c = driver.register("c", capacity: 2000)
    let a = driver.register("a", capacity: 2000)
    let b = driver.register("b", capacity: 3000)
    driver.submit(job(frames(1, 7)))
    // b has most; then a before c by name; then those with one running each: b (2000 free), a, c (1000 free); then b again.
    #expect(driver.startedOn == [b, a, c, b, a, c, b])
  }

  @Test("3.5 many names, in any order of coming, are ordered as names")
  func labels() {
    var driver = FarmDriver()
    var generator = Seeded(7)
    let names = (0..<300).map { "render\($0 / 100)\($0 / 10 % 10)\($0 % 10)" }
    for name in names.shuffled(using: &generator) { driver.register(name) }
    #expect(driver.farm.renderIDs().compactMap { driver.farm.render($0)?.name } == names)
    driver.submit(job(frames(1, 300)))
    #expect(driver.startedOn == driver.farm.renderIDs())
  }

  @Test("3.5 names that always come before all others use the labels up, and stay ordered")
  func labelsUsedUp() {
    var driver = FarmDriver()
    // Each name between the first two: halves the room every time.
    var names = ["a", "b"]
    for name in names { driver.register(name, capacity: 1000) }
    for length in 1...100 {
      let name = "a" + String(repeating: "a", count: 101 - length)
      driver.register(name, capacity: 1000)
      names.append(name)
    }
    driver.submit(job(frames(1, Int64(names.count))))
    #expect(driver.startedOn.compactMap { driver.farm.render($0)?.name } == names.sorted())
  }

  @Test("2.5, 3.4 a nimby render takes only its user's jobs; NIMBY and paused ones take none")
  func nimby() {
    var driver = FarmDriver()
    let mine = driver.register("mine", user: "anna", nimby: .nimby)
    driver.register("closed", user: "anna", nimby: .NIMBY)
    let others = driver.submit(job(frames(1, 5), user: "ben", priority: 200))
    #expect(driver.starts.isEmpty)
    let own = driver.submit(job(frames(1, 5), user: "anna"))
    #expect(driver.startedOn == [mine])
    #expect(driver.starts.map(\.key.job) == [own])
    driver.operateRenders(.free, "closed")
    #expect(driver.starts.map(\.key.job) == [others])
    driver.operateRenders(.free, "mine")
    driver.finish(own, 0)
    #expect(driver.starts.map(\.key.job) == [others])
    driver.operateRenders(.nimby, "mine")
    driver.finish(others, 1)
    #expect(driver.starts.map(\.key.job) == [own])
    driver.operateRenders(.pause, "mine")
    driver.finish(own, 1)
    #expect(driver.starts.isEmpty)
    driver.operateRenders(.unpause, "mine")
    #expect(driver.starts.map(\.key.job) == [own])
  }

  @Test("3.2 a render of priority 0 takes nothing: it was stored so")
  func priorityZero() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.store.renders[render]?.parameters.priority = 0
    driver.restart()
    driver.register("r1")
    driver.submit(job(frames(1, 1)))
    #expect(driver.starts.isEmpty)
  }

  @Test("a taken name gets a number, and each further one the next")
  func uniqueNames() {
    var driver = FarmDriver()
    var names: [String] = []
    for _ in 0..<4 {
      driver.submit(job(frames(1, 1), name: "shot"))
      if case .submitted(_, let name, _) = driver.answer { names.append(name) }
    }
    #expect(names == ["shot", "shot-1", "shot-2", "shot-3"])
    driver.operate(.delete, .name("shot-1"))
    driver.operate(.delete, .name("shot"))
    driver.submit(job(frames(1, 1), name: "shot"))
    #expect(driver.answer == .submitted(JobID(6), name: "shot"))
  }

  @Test("a withdrawn job leaves no trace, and its place is free")
  func withdraw() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 3)))
    #expect(driver.farm.totals.runningTasks == 1)
    driver.apply(.withdraw(id))
    #expect(driver.answer == nil)
    #expect(driver.farm.job(id) == nil)
    #expect(driver.farm.totals.runningTasks == 0)
    #expect(driver.farm.render(render)?.capacityUsed == 0)
    #expect(driver.farm.users().isEmpty)
    let next = driver.submit(job(frames(1, 1)))
    #expect(next > id)
    #expect(driver.starts.map(\.key.job) == [next])
    // What the store may have refused with the job is said again.
    #expect(driver.last.contains { if case .store(.putUser) = $0 { true } else { false } })
    #expect(driver.last.contains { if case .store(.putCounter(.lease, _)) = $0 { true } else { false } })
  }
}
