import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("The order of tasks (sections 3.7, 3.8, 4.6)")
struct SequentialTests {
  struct Order: CustomTestStringConvertible {
    var name: String
    var sequential: Int64
    var block: BlockSpec
    /// Task numbers as they are given to one render.
    var tasks: [Int]
    var testDescription: String { name }
  }

  @Test(
    "3.8 each order gives its tasks",
    arguments: [
      Order(name: "3.8 sequential 1: in order", sequential: 1, block: frames(1, 5), tasks: [0, 1, 2, 3, 4]),
      Order(name: "3.8 sequential -1: reverse", sequential: -1, block: frames(1, 5), tasks: [4, 3, 2, 1, 0]),
      Order(
        name: "3.8 sequential 5: first, last, frames that are multiples of 5, the rest", sequential: 5, block: frames(1, 12),
        tasks: [0, 11, 4, 9, 1, 2, 3, 5, 6, 7, 8, 10]),
      Order(
        name: "3.8 sequential 4 with three frames a task: tasks that hold a multiple of 4", sequential: 4,
        block: frames(1, 18, per: 3), tasks: [0, 5, 1, 2, 3, 4]),
      Order(
        name: "3.8 sequential 6 with a step of 4: only frames that there are", sequential: 6, block: frames(2, 26, by: 4),
        tasks: [0, 6, 1, 4, 2, 3, 5]),
      Order(
        name: "3.8 sequential 3 in a list: frames count from 0", sequential: 3, block: list(8), tasks: [0, 7, 3, 6, 1, 2, 4, 5]),
      Order(
        name: "3.8 sequential -4: from the last frame back by 4, then the rest in reverse", sequential: -4, block: frames(1, 10),
        tasks: [9, 5, 1, 8, 7, 6, 4, 3, 2, 0]),
      Order(
        name: "3.8 sequential 0: first, last, middle, quarters", sequential: 0, block: frames(0, 8),
        tasks: [0, 8, 4, 2, 6, 1, 3, 5, 7]),
      Order(
        name: "3.8 sequential 0 of ten: halves are rounded down", sequential: 0, block: frames(1, 10),
        tasks: [0, 9, 4, 2, 6, 1, 3, 5, 7, 8]),
      Order(name: "3.8 sequential 0 of two", sequential: 0, block: frames(1, 2), tasks: [0, 1]),
      Order(name: "3.8 sequential 0 of one", sequential: 0, block: frames(1, 1), tasks: [0]),
    ])
  func orders(_ order: Order) {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(order.block.with { $0.sequential = order.sequential }))
    #expect(given(&driver, id) == order.tasks)
  }

  /// Lets one render run all that it gets, one task after the other.
  private func given(_ driver: inout FarmDriver, _ id: JobID) -> [Int] {
    var tasks: [Int] = []
    while let start = driver.starts.first, start.key.job == id {
      tasks.append(Int(start.key.task.value))
      driver.finish(start.lease)
    }
    return tasks
  }

  @Test("3.8 every order gives every task once, whatever came back meanwhile", arguments: [1, -1, 0, 7, -7, 2, 1_000_000])
  func complete(sequential: Int64) {
    var generator = Seeded(UInt64(bitPattern: sequential))
    for count in [1, 2, 3, 5, 64, 65, 200] {
      var block = Block(
        job: 0, id: JobID(2), index: BlockIndex(0), spec: frames(1, Int64(count)).with { $0.sequential = sequential })
      var out: Set<Int> = []
      var done: Set<Int> = []
      while done.count < count {
        if let task = block.nextTask(without: SparseBits()), Bool.random(using: &generator) {
          #expect(out.insert(task).inserted && !done.contains(task))
          block.move(task, to: .running, standing: .running)
        } else if let task = out.randomElement(using: &generator) {
          out.remove(task)
          let comesBack = Int.random(in: 0...2, using: &generator) == 0
          if !comesBack { done.insert(task) }
          block.move(task, to: comesBack ? .ready : .done, standing: comesBack ? .ready : .done)
        }
      }
      #expect(block.nextTask(without: SparseBits()) == nil)
    }
  }

  @Test("3.8 sequential 0 chooses from many tasks as from few")
  func many() {
    let spec = frames(1, 300_000).with { $0.sequential = 0 }
    var block = Block(job: 0, id: JobID(2), index: BlockIndex(0), spec: spec)
    var given: [Int] = []
    for _ in 0..<6 {
      guard let task = block.nextTask(without: SparseBits()) else { break }
      given.append(task)
      block.move(task, to: .running, standing: .running)
    }
    #expect(given == [0, 299_999, 149_999, 74_999, 224_999, 37_499])
  }

  @Test("2.3, 3.8, 4.6 a job with ppa gives first, last and each N-th task, shows PPA, and goes on when ppa is unset")
  func previewApproval() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 12).with { $0.sequential = 5 }).with { $0.previewApproval = true })
    #expect(driver.farm.jobState(id)?.contains(.previewApproval) == false)
    #expect(given(&driver, id) == [0, 11, 4, 9])
    #expect(driver.letters(id) == "DrrrDrrrrDrD")
    #expect(driver.farm.jobState(id)?.contains(.previewApproval) == true)
    // Asked for by name, a task is given even so.
    driver.operate(.tryNext, id, tasks: [TaskRange(first: 6, last: 6)])
    #expect(given(&driver, id) == [6])
    #expect(driver.farm.jobState(id)?.contains(.previewApproval) == true)
  }

  @Test("3.8, 4.6 ppa means nothing without a sequential of 2 or more", arguments: [1, 0, -1, -5])
  func noPreview(sequential: Int64) {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 12).with { $0.sequential = sequential }).with { $0.previewApproval = true })
    #expect(given(&driver, id).count == 12)
    #expect(driver.farm.jobState(id) == [.done])
  }

  @Test("3.8, 3.16 a maintenance job runs each task on the render of its name, and on no other")
  func maintenance() {
    var driver = FarmDriver()
    for name in ["r1", "r2", "r3"] { driver.register(name) }
    var spec = job(list(3)).with { $0.maintenance = true }
    spec.blocks[0].work = .listed(
      TaskList(["r3", "r9", "r1"].map { TaskSpec(name: $0, command: "true") }), framesPerTask: 1)
    let id = driver.submit(spec)
    #expect(driver.letters(id) == "RrR")
    #expect(driver.farm.task(driver.key(id, 0))?.render == "r3")
    #expect(driver.farm.task(driver.key(id, 2))?.render == "r1")
    #expect(driver.operate(.tryNext, id)?.isDone == false)
    let other = driver.submit(job(frames(1, 1)))
    #expect(driver.letters(other) == "R")
    driver.register("r9")
    #expect(driver.letters(id) == "RRR")
  }

  @Test("3.7 try-next goes before the order of tasks and of blocks, in the order of the list")
  func tryNext() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 3), frames(1, 3, name: "second")))
    driver.operate(.tryNext, id, block: 1, tasks: [TaskRange(first: 2, last: 2)])
    driver.operate(.tryNext, id, block: 0, tasks: [TaskRange(first: 1, last: 1)])
    #expect(driver.farm.spec(id)?.parameters.tryNext.map { [Int($0.block.value), Int($0.task.value)] } == [[1, 2], [0, 1]])
    #expect(driver.letters(id) == "rTr")
    #expect(driver.letters(id, block: 1) == "rrT")
    #expect(driver.farm.task(driver.key(id, 1))?.state == [.ready, .tryNext])
    // Kept over restarts.
    driver.restart()
    driver.apply(.listening)
    #expect(driver.letters(id, block: 1) == "rrT")
    let place = driver.farm.jobPlaces[id] ?? 0
    #expect(driver.farm.blocksInOrder(place).map { driver.farm.blocks[$0].index.value } == [1, 0])
    driver.register("r1")
    #expect(driver.farm.spec(id)?.parameters.tryNext.count == 1)
    #expect(driver.operate(.notTryNext, id)?.message == "1 task no longer to be tried first")
    #expect(driver.farm.spec(id)?.parameters.tryNext.isEmpty == true)
    #expect(driver.store.jobs[id]?.spec.parameters.tryNext.isEmpty == true)
    #expect(driver.operate(.notTryNext, id)?.message == "no task was to be tried first")
  }

  @Test("1.4 a job may be submitted with tasks to be tried first; what is none of its tasks is left out")
  func submittedTryNext() {
    var driver = FarmDriver()
    let id = driver.submit(
      job(frames(1, 3)).with {
        $0.tryNext = [
          TryNext(block: BlockIndex(0), task: TaskIndex(2)), TryNext(block: BlockIndex(0), task: TaskIndex(7)),
          TryNext(block: BlockIndex(4), task: TaskIndex(0)), TryNext(block: BlockIndex(0), task: TaskIndex(2)),
        ]
      })
    #expect(driver.letters(id) == "rrT")
    #expect(driver.store.jobs[id]?.spec.parameters.tryNext.count == 1)
    driver.register("r1")
    #expect(driver.letters(id) == "rrR")
    #expect(driver.store.jobs[id]?.spec.parameters.tryNext.isEmpty == true)
  }
}
