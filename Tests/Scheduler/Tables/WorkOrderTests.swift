import Model
import Testing

@testable import Scheduler

/// Sections 3.3, 3.6 and 3.7: the order of branches, users, jobs and blocks. More of it is in `OrderTests`.
@Suite("3.3, 3.6, 3.7 the order of work")
struct WorkOrderTests {
  struct Method: CustomTestStringConvertible {
    var name: String
    /// Of the jobs' parent.
    var settings: [(String, JSONValue)]
    /// Priorities and capacities of three jobs, the oldest first, which have tasks in plenty.
    var jobs: [(UInt8, Int32)]
    /// Which of them the first starts are of.
    var starts: [Int]
    var testDescription: String { name }
  }

  private static let priority = ("solve_method", JSONValue.string("solve_priority"))
  private static let order = ("solve_method", JSONValue.string("solve_order"))
  private static let byTasks = ("solve_need", JSONValue.string("solve_tasksnum"))
  private static let byCapacity = ("solve_need", JSONValue.string("solve_capacity"))

  private static let methods: [Method] = [
    Method(
      name: "3.3 solve_priority: equal needs, the one solved longest ago", settings: [priority, byTasks],
      jobs: [(99, 100), (99, 100), (99, 100)], starts: [0, 1, 2, 0, 1, 2]),
    // 1.1^7 = 1.95, so that the needs are 1.95 and 1, 0.97 and 1, 0.97 and 0.5, 0.65 and 0.5, 0.49 and 0.5.
    Method(
      name: "3.3 solve_priority: need is 1.1^priority / (running tasks + 1)", settings: [priority, byTasks],
      jobs: [(99, 100), (106, 100), (10, 100)], starts: [1, 0, 1, 1, 0, 1]),
    Method(
      name: "3.3 solve_need solve_tasksnum: a task is a task", settings: [priority, byTasks],
      jobs: [(99, 300), (99, 100), (99, 100)], starts: [0, 1, 2, 0, 1, 2]),
    Method(
      name: "3.3 solve_need solve_capacity: a task of thrice the capacity counts thrice", settings: [priority, byCapacity],
      jobs: [(99, 300), (99, 100), (99, 100)], starts: [0, 1, 2, 1, 2, 1, 2, 0]),
    Method(
      name: "3.3 solve_order: the highest priority takes all", settings: [order, byTasks],
      jobs: [(99, 100), (100, 100), (99, 100)], starts: [1, 1, 1, 1]),
    Method(
      name: "3.3 solve_order: of equal ones the oldest", settings: [order, byTasks],
      jobs: [(99, 100), (99, 100), (99, 100)], starts: [0, 0, 0, 0]),
  ]

  @Test("in a branch that solves jobs,", arguments: methods)
  func inBranch(_ method: Method) { check(method, in: .branches(.names(["/"]))) }

  /// The user's list order by hand is Afanasy's: here priority and age say all.
  @Test("of one user's jobs, by the user's own method,", arguments: methods)
  func ofUser(_ method: Method) { check(method, in: .users(.names(["anna"]))) }

  private func check(_ method: Method, in target: EditTarget) {
    var driver = FarmDriver()
    if case .users = target {
      driver.set(.branches(.names(["/"])), [("solve_jobs", .bool(false))])
      driver.submit(job(frames(1, 1), name: "first", offline: true))
    }
    driver.set(target, method.settings)
    var ids: [JobID] = []
    for (number, (priority, capacity)) in method.jobs.enumerated() {
      driver.now = driver.now + .seconds(1)
      ids.append(driver.submit(job(frames(1, 99, capacity: capacity), name: "job\(number)", priority: priority)))
    }
    driver.register("r1", capacity: 100_000, maxTasks: Int32(method.starts.count))
    #expect(driver.starts.map { ids.firstIndex(of: $0.key.job) } == method.starts)
  }

  @Test(
    "3.3 until somebody says otherwise branches solve by need and tasks, users by order, and the root's jobs stand side by side")
  func defaults() {
    #expect(BranchParameters().work.solveMethod == .priority)
    #expect(BranchParameters().work.solveNeed == .tasksNumber)
    #expect(UserParameters().work.solveMethod == .order)
    #expect(!BranchParameters().solvesJobs)
    #expect(BranchParameters.root.solvesJobs)
  }

  @Test("3.3 child branches and jobs, or child branches and users, stand in one list", arguments: [true, false])
  func oneList(solvesJobs: Bool) {
    var driver = FarmDriver()
    driver.set(.branches(.names(["/"])), [("solve_jobs", .bool(solvesJobs))])
    let inside = driver.submit(job(frames(1, 99, capacity: 1), name: "inside").with { $0.branch = "/film" })
    let one = driver.submit(job(frames(1, 99, capacity: 1), name: "one"))
    let two = driver.submit(job(frames(1, 99, capacity: 1), name: "two"))
    driver.register("r1", maxTasks: 6)
    let running = [inside, one, two].map { driver.farm.job($0)?.counts[.running] ?? 0 }
    // Side by side a third each; anna once, whose first job takes all that is hers.
    #expect(running == (solvesJobs ? [2, 2, 2] : [3, 3, 0]))
  }

  @Test("3.3 a user's counters inside a branch are those of this branch alone")
  func perBranch() {
    var driver = FarmDriver()
    driver.register("r1", maxTasks: 4)
    driver.set(.branches(.names(["/"])), [("solve_jobs", .bool(false))])
    // Anna runs four elsewhere.
    let elsewhere = driver.submit(job(frames(1, 99, capacity: 1), name: "elsewhere").with { $0.branch = "/other" })
    driver.operate(.pause, elsewhere)
    let anna = driver.submit(job(frames(1, 99, capacity: 1), name: "anna's").with { $0.branch = "/film" })
    let bert = driver.submit(job(frames(1, 99, capacity: 1), name: "bert's", user: "bert").with { $0.branch = "/film" })
    driver.register("r2", maxTasks: 4)
    #expect([anna, bert].map { driver.farm.job($0)?.counts[.running] } == [2, 2])
  }

  @Test("3.3 what runs is counted by its job, its user, its branch and the branches above")
  func counters() {
    var driver = FarmDriver()
    driver.submit(job(frames(1, 2, capacity: 300)).with { $0.branch = "/film/shot" })
    driver.submit(job(frames(1, 1, capacity: 100), name: "other", user: "bert"))
    driver.register("r1")
    #expect(driver.farm.users().map(\.running) == [2, 1])
    #expect(driver.farm.branchSummaries().map(\.running) == [3, 2, 2])
    #expect(driver.farm.branchSummaries().map(\.capacityUsed) == [700, 600, 600])
    driver.finish(JobID(2), 0)
    #expect(driver.farm.users().map(\.running) == [1, 1])
    #expect(driver.farm.branchSummaries().map(\.capacityUsed) == [400, 300, 300])
  }

  // MARK: Weights of pools

  struct Weights: CustomTestStringConvertible {
    var name: String
    var branch: [String: Int64] = [:]
    var user: [String: Int64] = [:]
    var job: [String: Int32] = [:]
    /// The order in which renders of /a, /ab and /b get a task each.
    var order: [String]
    var testDescription: String { name }
  }

  @Test(
    "a pools map",
    arguments: [
      Weights(name: "3.6 none: by name", order: ["a1", "ab1", "b1"]),
      Weights(name: "3.6 a positive value brings a pool forward", job: ["/b": 10], order: ["b1", "a1", "ab1"]),
      Weights(name: "3.6 a negative value holds a pool back", job: ["/a": -10], order: ["ab1", "b1", "a1"]),
      Weights(name: "3.6 matches are summed up", job: ["/b": 10, "b": 10, "/ab": 15], order: ["ab1", "b1", "a1"]),
      Weights(
        name: "3.6 a key with a slash is the pool and those below; Afanasy's /a is /ab too", job: ["/a": 10],
        order: ["a1", "ab1", "b1"]),
      Weights(
        name: "3.6 a key without a slash stands anywhere in the path", job: ["b": 10], order: ["ab1", "b1", "a1"]),
      Weights(name: "3.6 -100 forbids", job: ["/b": -100], order: ["a1", "ab1"]),
      Weights(name: "3.6 -99 does not", job: ["/b": -99], order: ["a1", "ab1", "b1"]),
      Weights(name: "3.6 -100 forbids, whatever else brings it forward", job: ["/b": -100, "b": 90], order: ["ab1", "a1"]),
      Weights(name: "3.6 100: only pools that some key names", job: ["/b": 100, "/ab": 1], order: ["b1", "ab1"]),
      Weights(name: "3.6 a branch's", branch: ["/b": 10], order: ["b1", "a1", "ab1"]),
      Weights(name: "3.6 a user's", user: ["/b": 10], order: ["b1", "a1", "ab1"]),
      Weights(
        name: "3.6 those of branch, user and job add up; Afanasy sorts anew for each", branch: ["/b": 10], user: ["/b": 10],
        job: ["/ab": 15], order: ["b1", "ab1", "a1"]),
      Weights(
        name: "3.6 what one of them forbids is forbidden", branch: ["/b": -100], user: ["/a": -100], job: ["/b": 50],
        order: ["ab1"]),
    ])
  func weights(_ row: Weights) {
    var driver = FarmDriver()
    for path in ["/ab", "/a", "/b"] { driver.pool(path, ("pattern", .string("\(path.dropFirst())[0-9]"))) }
    for name in ["a1", "ab1", "b1"] { driver.register(name) }
    driver.submit(job(frames(1, 1), name: "first", offline: true))
    func object(_ map: [String: Int64]) -> JSONValue {
      var object = JSONObject()
      for (key, value) in map { object[key] = .integer(value) }
      return .object(object)
    }
    if !row.branch.isEmpty { driver.set(.branches(.names(["/"])), [("pools", object(row.branch))]) }
    if !row.user.isEmpty { driver.set(.users(.names(["anna"])), [("pools", object(row.user))]) }
    driver.submit(job(frames(1, 3)).with { $0.work.pools = row.job })
    #expect(driver.startedNames == row.order)
  }

  // MARK: A job's tasks

  @Test("3.7 blocks by their place in the job, and those that are not ready are passed over")
  func blocks() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2, name: "a", needs: "c"), frames(1, 2, name: "b"), frames(1, 2, name: "c")))
    driver.register("r1", capacity: 3000)
    #expect(driver.starts.map(\.key) == [driver.key(id, 0, block: 1), driver.key(id, 1, block: 1), driver.key(id, 0, block: 2)])
  }

  @Test("3.7 a task to be tried first still has to be ready, and its block to suit the render")
  func tryNext() {
    var driver = FarmDriver()
    let id = driver.submit(
      job(frames(1, 2, name: "a"), frames(1, 2, name: "b", needs: "c"), frames(1, 2, name: "c", capacity: 9000)))
    driver.operate(.tryNext, id, block: 2, tasks: [TaskRange(first: 1, last: 1)])
    driver.operate(.tryNext, id, block: 1, tasks: [TaskRange(first: 1, last: 1)])
    driver.operate(.tryNext, id, block: 0, tasks: [TaskRange(first: 1, last: 1)])
    driver.register("r1", capacity: 1000)
    #expect(driver.starts.map(\.key) == [driver.key(id, 1)])
    driver.register("r2", capacity: 9000)
    #expect(driver.starts.map(\.key) == [driver.key(id, 1, block: 2)])
  }

  @Test(
    "3.7 all tasks of a block are candidates: Afanasy looks at one of each block, and a task that avoids a render hides the rest")
  func allCandidates() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(
      job(
        frames(1, 3, retries: 9).with {
          $0.errorsTaskSameHost = 1
          $0.errorsAvoidHost = 0
        }))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "YRr")
    driver.finish(id, 1, .exitStatus)
    #expect(driver.letters(id) == "YYR")
  }
}
