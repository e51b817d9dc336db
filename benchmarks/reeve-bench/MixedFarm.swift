import Model
import Scheduler

/// A farm of any size with everything in it that makes deciding hard: pools with services of their own, tickets, branches with users,
/// and jobs with masks, needs, tickets and dependencies, no two alike.
struct MixedFarm {
  var farm: Farm
  var time = Instant(seconds: 1_000_000)
  var effects: [Effect] = []
  /// Started and not ended, oldest first from `next` on.
  private(set) var pending: [(render: RenderID, run: RunStart)] = []
  private var next = 0
  private let actor = Actor(user: "bench", host: "bench", role: .administrator)

  static let pools = 20
  static let services = ["generic", "nuke", "maya", "houdini", "povray", "blender", "ffmpeg", "movgen"]

  init(renders: Int, users: Int, branches: Int, jobs: Int, tasks: Int) {
    var snapshot = StoreSnapshot()
    var root = PoolParameters.root
    root.farm.capacityHost = 4000
    for ticket in 0..<10 { root.farm.ticketsPool["T\(ticket)"] = TicketCount(count: Int32(max(1, renders / 4))) }
    snapshot.pools.append(StoredPool(path: "/", parameters: root, created: time))
    for number in 0..<Self.pools {
      var pool = PoolParameters()
      pool.pattern = "p\(number)-.*"
      pool.priority = UInt8(90 + number)
      // Each pool lacks one or two services.
      pool.farm.servicesDisabled = [Self.services[1 + number % 7], Self.services[1 + number / 3 % 7]]
      snapshot.pools.append(StoredPool(path: "/p\(number)", parameters: pool, created: time))
    }
    for number in 0..<branches {
      var branch = BranchParameters()
      branch.priority = UInt8(80 + number % 40)
      snapshot.branches.append(StoredBranch(path: "/show\(number)", parameters: branch, created: time))
    }
    farm = Farm(snapshot: snapshot, at: time)
    for number in 0..<jobs { submit(Self.job(number, users: users, branches: branches, tasks: max(1, tasks / jobs))) }
    for number in 0..<renders { register("p\(number % Self.pools)-r\(number)", number) }
  }

  static func job(_ number: Int, users: Int, branches: Int, tasks: Int) -> JobSpec {
    let user = number % users
    var parameters = JobParameters()
    parameters.branch = "/show\(user % branches)"
    switch number % 10 {
    case 1: parameters.work.hostsMask = "p\(number % pools)-"
    case 2: parameters.work.hostsMaskExclude = "p\(number % pools)- p\(number / 7 % pools)-"
    case 3: parameters.work.pools = ["/p\(number % pools)": 20, "/p\(number / 3 % pools)": -100]
    case 4: parameters.work.needMemoryMB = Int32(4096 * (1 + number / 10 % 4))
    case 5 where number > 100: parameters.dependMaskGlobal = "job\(number - 100)"
    default: break
    }
    var block = BlockParameters()
    if number % 3 == 0 { block.tickets = ["T\(number % 10)": 1] }
    if number % 4 == 0 { block.needCPUCores = Int32(4 << (number % 3)) }
    if number % 11 == 0 { block.maxRunningTasks = 50 }
    let service = services[number % services.count]
    let capacity = Int32([1000, 500, 2000, 250][number / 8 % 4])
    let first = BlockSpec(
      name: "render", service: service, work: .numeric(Frames(first: 1, last: Int64(number % 5 == 0 ? (tasks + 1) / 2 : tasks))),
      command: "true", capacity: capacity, parameters: block)
    var blocks = [first]
    if number % 5 == 0 {
      blocks.append(
        BlockSpec(
          name: "comp", work: .numeric(Frames(first: 1, last: Int64((tasks + 1) / 2))), command: "true", capacity: 300,
          tasksDependMask: "render"))
    }
    return JobSpec(
      name: "job\(number)", user: "user\(user)", priority: UInt8(50 + number * 7 % 100), parameters: parameters, blocks: blocks)
  }

  mutating func submit(_ spec: JobSpec) {
    apply(.submit(spec, by: actor, request: RequestID(connection: ConnectionID(0), number: 1)))
  }

  mutating func register(_ name: String, _ number: Int) {
    apply(
      .renderRegistered(
        RenderRegistration(
          name: name, agent: "a\(number)", user: "bench", os: "linux", capacity: -1, maxTasks: -1, resources: Self.resources(number)
        ),
        connection: ConnectionID(UInt64(number + 1))))
  }

  /// As it said when it came.
  func resources(of render: RenderID) -> HostResources {
    let name = farm.render(render)?.name ?? ""
    return Self.resources(name.split(separator: "r").last.flatMap { Int($0) } ?? 0)
  }

  static func resources(_ number: Int) -> HostResources {
    var resources = HostResources()
    resources.cpuCount = Int32(8 << (number % 4))
    resources.cpuMHz = 3000
    resources.memoryTotalMB = 65_536
    resources.memoryFreeMB = 60_000
    resources.diskTotalGB = 1000
    resources.diskFreeGB = 900
    return resources
  }

  mutating func apply(_ command: Command) {
    effects.removeAll(keepingCapacity: true)
    farm.apply(command, at: time, into: &effects)
    for effect in effects { if case .start(let render, let run) = effect { pending.append((render, run)) } }
  }

  var running: Int { pending.count - next }

  /// Ends the oldest run.
  ///
  /// - Returns: how many tasks started on it; nil: nothing runs.
  mutating func finishOne() -> Int? {
    guard next < pending.count else { return nil }
    let (render, run) = pending[next]
    next += 1
    time.microseconds += 20
    let before = pending.count
    apply(.runFinished(render, run.lease, run.key, RunResult(outcome: .success)))
    return pending.count - before
  }
}
