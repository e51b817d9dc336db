import Model
import Testing

@Suite("Parameters, edited")
struct ParametersTests {
  private static func job(_ keys: String = "") throws -> JobSpec {
    let text = """
      {"job":{"name":"j","blocks":[{"name":"a","command":"c","frame_first":1,"frame_last":9},
      {"name":"b","tasks":[{"name":"x","command":"one"},{"name":"y","command":"two"}]}]\(keys.isEmpty ? "" : "," + keys)}}
      """
    return try JobDocument.read(text.utf8, defaultUser: "ann").job
  }

  private static func change(_ key: String, _ value: String) throws -> Edit.Change {
    Edit.Change(key: key, value: try JSONParser.parse(value))
  }

  @Test(
    "a key of a job is set, and what it was is told",
    arguments: [
      ("priority", "150", "99", "150"), ("offline", "true", "false", "true"), ("offline", "1", "false", "true"),
      ("user_name", "\"bob\"", "\"ann\"", "\"bob\""), ("branch", "\"/film/\"", "\"/\"", "\"/film\""),
      ("annotation", "\"v2\"", "\"\"", "\"v2\""), ("hidden", "1", "false", "true"), ("preempt", "true", "false", "true"),
      ("pools./farm", "200", "null", "100"), ("folders.out", "\"/o\"", "null", "\"/o\""), ("time_wait", "77", "0", "77"),
      ("max_running_tasks", "5", "-1", "5"), ("hosts_mask_type", "\"regex\"", "null", "\"regex\""),
    ])
  func set(key: String, value: String, old: String, new: String) throws {
    var job = try Self.job()
    let changed = try Parameters.edit(&job, Self.change(key, value))
    #expect(changed.old.text() == old)
    #expect(changed.new.text() == new)
    let again = try JobDocument.read(job.document.text().utf8, defaultUser: "nobody").job
    #expect(again == job)
    try Parameters.edit(&job, Self.change(key, key == "user_name" ? "\"ann\"" : "null"))
    #expect(job == (try Self.job()))
  }

  @Test(
    "what cannot be set is refused with its key and why, and nothing is changed",
    arguments: [
      ("priorty", "7", "unknown key; did you mean \"priority\"?"), ("nonsense_key", "7", "unknown key of a job"),
      ("name", "\"k\"", "not editable: it is what the job was submitted with"),
      ("id", "7", "computed by the server, it cannot be set"),
      ("solve_method", "\"solve_order\"", "not editable: a job has no nodes to give renders to"),
      ("priority", "-1", "-1 is out of range (0 to 255)"), ("priority", "\"7\"", "expected a whole number, found a string"),
      ("user_name", "\"\"", "expected a user's name"), ("user_name", "null", "expected a value: it has no default"),
      ("priority.x", "7", "priority has no members"), ("pools.", "7", "expected a name behind the '.'"),
      ("depend_mask", "\"a(\"", "bad regular expression at character 2: '(' without its ')' (write \\( for the character)"),
      ("try_this_tasks_num", "[1]", "not editable: tasks are tried first by the order try-next"),
    ])
  func refused(key: String, value: String, message: String) throws {
    var job = try Self.job()
    let before = job
    let change = try Self.change(key, value)
    #expect(throws: DocumentError(key, message)) { try Parameters.edit(&job, change) }
    #expect(job == before)
  }

  @Test("a host mask must compile where the type says so, whichever comes first; both may change at once (section 1.14)")
  func masks() throws {
    var job = try Self.job(#""hosts_mask":"r1( r2""#)
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, Self.change("hosts_mask_type", "\"regex\"")) }
    try Parameters.edit(&job, [Self.change("hosts_mask_type", "\"regex\""), Self.change("hosts_mask", "\"r(1|2)\"")])
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 0, Self.change("hosts_mask", "\"r(\"")) }
    try Parameters.edit(&job, Self.change("hosts_mask_type", "\"find\""))
    try Parameters.edit(&job, block: 0, Self.change("hosts_mask", "\"r(\""))
    #expect {
      try Parameters.edit(&job, Self.change("hosts_mask_type", "\"regex\""))
    } throws: { ($0 as? DocumentError)?.path == "blocks[0].hosts_mask" }
    #expect(throws: DocumentError.self) { try Parameters.checkMasks(Self.job(#""hosts_mask":"r(""#), inherited: .regex) }
  }

  @Test("blocks are edited one by one or all at once; circles of dependencies are refused")
  func blocks() throws {
    var job = try Self.job()
    try Parameters.edit(&job, block: 1, Self.change("depend_mask", "\"a\""))
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 0, Self.change("tasks_depend_mask", "\"b\"")) }
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 0, Self.change("name", "\"z\"")) }
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 0, Self.change("name", "\"\"")) }
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 2, Self.change("capacity", "7")) }
    #expect(throws: DocumentError("frame_last", "not editable: the frames of a block are those it was submitted with")) {
      try Parameters.edit(&job, block: 0, Self.change("frame_last", "7"))
    }
    let all = try Parameters.edit(&job, blocks: [0, 1], [Self.change("capacity", "7"), Self.change("tickets.NUKE", "2")])
    #expect(all.map { $0.map(\.new) } == [[.integer(7), .integer(2)], [.integer(7), .integer(2)]])
    #expect(job.blocks.allSatisfy { $0.parameters.tickets == ["NUKE": 2] })
    try Parameters.edit(&job, block: 0, Self.change("tickets.NUKE", "0"))
    #expect(job.blocks[0].parameters.tickets.isEmpty)
    #expect(throws: DocumentError("tickets.NUKE", "expected a whole number from 0 to 1000000")) {
      try Parameters.edit(&job, block: 0, Self.change("tickets.NUKE", "-1"))
    }
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 0, Self.change("command", "\" \"")) }
    try Parameters.edit(&job, block: 0, Self.change("capacity_coeff_max", "4"))
    #expect(job.blocks[0].flags.contains(.variableCapacity))
    try Parameters.edit(&job, block: 0, Self.change("capacity_coeff_max", "null"))
    #expect(!job.blocks[0].flags.contains(.variableCapacity))
  }

  @Test("tasks of a listed block are edited")
  func tasks() throws {
    var job = try Self.job()
    let all = try Parameters.edit(
      &job, block: 1, tasks: [0, 1], [Self.change("environment.A", "\"1\""), Self.change("files", "[\"f\"]")])
    #expect(all.count == 2)
    #expect(job.blocks[1].document["tasks"]?.array?.last?["environment"] == .object(["A": .string("1")]))
    #expect(throws: DocumentError("command", "neither the task nor its block would have a command")) {
      try Parameters.edit(&job, block: 1, tasks: [1], [Self.change("command", "\"\"")])
    }
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 1, tasks: [2], [Self.change("name", "\"z\"")]) }
    #expect(throws: DocumentError.self) { try Parameters.edit(&job, block: 0, tasks: [0], [Self.change("name", "\"z\"")]) }
  }

  @Test("users, branches, pools and renders are edited; null restores what it is by default")
  func nodes() throws {
    var user = UserParameters()
    var newUser = UserParameters()
    newUser.errorsRetries = 7
    #expect(try Parameters.edit(&user, [Self.change("errors_retries", "null")], defaults: newUser)[0].new == .integer(7))
    #expect(throws: DocumentError.self) {
      try Parameters.edit(&user, [Self.change("hosts_mask_type", "\"regex\""), Self.change("hosts_mask", "\"(\"")])
    }
    #expect(throws: DocumentError("jobs_num", "computed by the server, it cannot be set")) {
      try Parameters.edit(&user, [Self.change("jobs_num", "1")])
    }
    var branch = BranchParameters.root
    try Parameters.edit(&branch, [Self.change("create_childs", "false")], isRoot: true)
    #expect(!branch.createsChildren)
    try Parameters.edit(&branch, [Self.change("create_childs", "null")], isRoot: true)
    #expect(branch == .root)
    var pool = PoolParameters.root
    try Parameters.edit(&pool, [Self.change("tickets_pool.NUKE", "20"), Self.change("idle_cpu", "5")], isRoot: true)
    #expect(pool.farm.ticketsPool == ["NUKE": TicketCount(count: 20)])
    #expect(pool.idle.cpuPercent == 5)
    try Parameters.edit(&pool, [Self.change("tickets_pool.NUKE", "[20,7,3,5]")], isRoot: true)
    #expect(pool.farm.ticketsPool == ["NUKE": TicketCount(count: 20, maxHosts: 5)])
    #expect(throws: DocumentError("tickets_pool.NUKE", "-2 is out of range (0 to 1000000000)")) {
      try Parameters.edit(&pool, [Self.change("tickets_pool.NUKE", "-2")], isRoot: true)
    }
    #expect(throws: DocumentError.self) { try Parameters.edit(&pool, [Self.change("max_tasks_host", "-1")], isRoot: true) }
    try Parameters.edit(&pool, [Self.change("tickets_pool.NUKE", "null"), Self.change("idle_cpu", "null")], isRoot: true)
    #expect(pool == .root)
    var render = RenderParameters()
    try Parameters.edit(&render, [Self.change("pool", "\"/farm\""), Self.change("capacity_host", "5")])
    #expect((render.pool, render.farm.capacityHost) == ("/farm", 5))
    #expect(throws: DocumentError.self) { try Parameters.edit(&render, [Self.change("tickets_pool.NUKE", "2")]) }
    #expect(try Parameters.render.checked(Self.change("NIMBY", "1")) == .bool(true))
    #expect(throws: DocumentError.self) { try Parameters.edit(&render, [Self.change("NIMBY", "true")]) }
  }

  @Test("a node is what is read from what is written of it, in short and in full")
  func json() throws {
    var pool = PoolParameters.root
    try Parameters.edit(
      &pool,
      [Self.change("tickets_host.GPU", "[4,0,0,9]"), Self.change("services", "[\"nuke\"]"), Self.change("annotation", "\"x\"")])
    let short = Parameters.pool.json(of: pool)
    #expect(Set(short.members.map(\.key)) == ["capacity_host", "max_tasks_host", "tickets_host", "services", "annotation"])
    #expect(Parameters.pool.stored(short) == pool)
    let full = Parameters.pool.json(of: pool, isComplete: true)
    #expect(full.members.map(\.key) == Parameters.pool.parameters.map(\.key))
    #expect(Parameters.pool.stored(full) == pool)
  }
}
