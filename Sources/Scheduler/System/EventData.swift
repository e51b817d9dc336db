import Model

/// What an event tells of its node, in Afanasy's keys (reference/afanasy.md section 6.2): the event service reads it, and merges the
/// `custom_data` of the objects in their order.
extension Farm {
  /// An event that is longer, in bytes, says less of the job's blocks.
  static let eventBytes = 1 << 20
  /// Of so many pools above a render an event tells, the nearest first.
  private static let eventPools = 64

  static func text(of event: RaisedEvent) -> String {
    func text(_ data: JSONObject) -> String {
      var all = data
      all["events"] = .array(event.names.map { .string($0.rawValue) })
      return JSONValue.object(all).text()
    }
    let whole = text(event.data)
    guard whole.utf8.count > eventBytes, var job = event.data["job"]?.object else { return whole }
    var data = event.data
    let kept = ["block_num", "name", "service", "state", "tasks_num", "p_percentage", "p_tasks_error"]
    job["blocks"] = .array(
      (job["blocks"]?.array ?? []).map { .object(JSONObject(($0.object?.members ?? []).filter { kept.contains($0.key) })) })
    data["job"] = .object(job)
    let shorter = text(data)
    guard shorter.utf8.count > 2 * eventBytes else { return shorter }
    // Whoever wrote so much into nodes hears who they are, and what they say to programs.
    func short(_ object: JSONObject) -> JSONValue {
      .object(JSONObject(object.members.filter { ["id", "name", "user_name", "state", "custom_data"].contains($0.key) }))
    }
    for (key, value) in data.members {
      if let object = value.object { data[key] = short(object) }
      if let list = value.array { data[key] = .array(list.map { $0.object.map(short) ?? $0 }) }
    }
    return text(data)
  }

  func eventData(job place: Int) -> JSONObject {
    ["user": .object(json(user: jobs[place].spec.user)), "job": .object(json(job: place))]
  }

  /// The user and the job are the system's.
  func eventData(render place: Int) -> JSONObject {
    let job = jobPlaces[.system].map { json(job: $0) }
    return [
      "render": .object(json(render: place)), "host_resources": .object(Self.json(renders[place].resources)),
      "pools": .array(chain(renders[place].pool).prefix(Self.eventPools).map { .object(json(pool: $0)) }),
      "user": .object(json(user: SystemJob.user)),
      "job": .object(
        job
          ?? [
            "id": .integer(Int64(JobID.system.value)), "name": .string(SystemJob.name), "user_name": .string(SystemJob.user),
          ]),
    ]
  }

  private func json(user name: String) -> JSONObject {
    var members: [(key: String, value: JSONValue)] = [("name", .string(name))]
    let user = peoplePlaces[name].map { people[$0] }
    members += Parameters.user.json(of: user?.parameters ?? settings.newUser, isComplete: true).members
    if let user {
      members += [
        ("time_register", .integer(user.registered.seconds)), ("jobs_num", .integer(Int64(user.jobs))),
        ("running_tasks_num", .integer(Int64(user.running))),
      ]
    }
    return JSONObject(members)
  }

  private func json(job place: Int) -> JSONObject {
    let job = jobs[place]
    var spec = job.spec
    (spec.priority, spec.isOffline) = (job.priority, job.isOffline)
    let (state, counts) = (state(job), job.counts.taskCounts)
    let written = spec.documentWithoutTasks["job"]?["blocks"]?.array ?? []
    var members: [(key: String, value: JSONValue)] = [("id", .integer(Int64(job.id.value)))]
    members += Parameters.job.json(of: spec, isComplete: true).members
    members += [
      ("st", .integer(Int64(state.rawValue))), ("state", .string(state.text)), ("time_creation", .integer(job.created.seconds)),
      ("time_started", .integer(job.started.seconds)), ("time_done", .integer(job.done.seconds)),
      ("tasks_num", .integer(Int64(counts.total))), ("tasks_ready", .integer(Int64(counts.ready))),
      ("running_tasks_num", .integer(Int64(counts.running))), ("tasks_done", .integer(Int64(counts.done))),
      ("tasks_skipped", .integer(Int64(counts.skipped))), ("tasks_error", .integer(Int64(counts.error))),
      ("tasks_error_ready", .integer(Int64(counts.errorReady))), ("tasks_suspended", .integer(Int64(counts.suspended))),
      ("tasks_warning", .integer(Int64(counts.warning))), ("p_percentage", .integer(Int64(counts.percent))),
      ("blocks_num", .integer(Int64(job.blocks.count))),
      ("blocks", .array(zip(job.blocks, written).map { .object(json(block: $0, $1.object ?? JSONObject())) })),
    ]
    return JSONObject(members)
  }

  /// In list form: without its tasks, and without what is as it is by default.
  private func json(block place: Int, _ written: JSONObject) -> JSONObject {
    let block = blocks[place]
    let (state, counts) = (state(block), block.presented.taskCounts)
    var members: [(key: String, value: JSONValue)] = [("block_num", .integer(Int64(block.index.value)))]
    members += written.members
    members += [
      ("st", .integer(Int64(state.rawValue))), ("state", .string(state.text)),
      ("tasks_num", .integer(Int64(counts.total))), ("p_percentage", .integer(Int64(counts.percent))),
      ("p_tasks_ready", .integer(Int64(counts.ready))), ("running_tasks_counter", .integer(Int64(counts.running))),
      ("p_tasks_done", .integer(Int64(counts.done))), ("p_tasks_skipped", .integer(Int64(counts.skipped))),
      ("p_tasks_error", .integer(Int64(counts.error))), ("p_tasks_suspended", .integer(Int64(counts.suspended))),
      ("p_tasks_warning", .integer(Int64(counts.warning))), ("p_errors", .integer(Int64(block.errors))),
      ("time_started", .integer(block.started.seconds)), ("time_done", .integer(block.done.seconds)),
    ]
    return JSONObject(members)
  }

  private func json(render place: Int) -> JSONObject {
    let render = renders[place]
    var state = render.state
    if render.isOnline { state.insert(.online) }
    if !render.runs.isEmpty { state.insert(.busy) }
    var members: [(key: String, value: JSONValue)] = [
      ("id", .integer(Int64(render.id.value))), ("name", .string(render.name)), ("user_name", .string(render.user)),
      ("st", .integer(Int64(state.rawValue))), ("state", .string(state.text)),
    ]
    members += Parameters.render.json(of: render.parameters, isComplete: true).members.filter {
      $0.key != "capacity_host" && $0.key != "max_tasks_host"
    }
    members += [
      ("nimby", .bool(state.contains(.nimby))), ("NIMBY", .bool(state.contains(.NIMBY))),
      ("paused", .bool(state.contains(.paused))),
      ("capacity_host", .integer(Int64(render.capacity))), ("max_tasks_host", .integer(Int64(render.maxTasks))),
      ("capacity_used", .integer(Int64(render.capacityUsed))), ("running_tasks_num", .integer(Int64(render.runs.count))),
      ("engine", .string(render.version)), ("os", .string(render.os)), ("address", .object(["ip": .string(render.address)])),
      ("netifs", .array(render.interfaces.map(Self.json))), ("time_register", .integer(render.registered.seconds)),
      ("time_update", .integer(render.seen.seconds)), ("wol_operation_time", .integer(render.wolSince.seconds)),
    ]
    return JSONObject(members)
  }

  private static func json(_ card: NetworkInterface) -> JSONValue {
    .object(["name": .string(card.name), "mac": .string(card.mac), "ips": .array(card.addresses.map(JSONValue.string))])
  }

  private func json(pool place: Int) -> JSONObject {
    let pool = pools[place]
    var members: [(key: String, value: JSONValue)] = [("name", .string(pool.path))]
    if let parent = pool.parent { members.append(("parent", .string(pools[parent].path))) }
    return JSONObject(members + Parameters.pool.json(of: pool.parameters, isComplete: true).members)
  }

  private static func json(_ load: HostResources) -> JSONObject {
    var members: [(key: String, value: JSONValue)] = [
      ("cpu_num", .integer(Int64(load.cpuCount))), ("cpu_mhz", .integer(Int64(load.cpuMHz))),
      ("cpu_loadavg", .array(load.loadHundredths.map { .number(Double($0) / 100) })),
      ("cpu_percent", .integer(Int64(load.cpuPercent))), ("mem_total_mb", .integer(load.memoryTotalMB)),
      ("mem_free_mb", .integer(load.memoryFreeMB)), ("swap_total_mb", .integer(load.swapTotalMB)),
      ("swap_used_mb", .integer(load.swapUsedMB)), ("hdd_total_gb", .integer(load.diskTotalGB)),
      ("hdd_free_gb", .integer(load.diskFreeGB)), ("hdd_rd_kbsec", .integer(load.diskReadKBps)),
      ("hdd_wr_kbsec", .integer(load.diskWriteKBps)), ("hdd_busy", .integer(Int64(load.diskBusyPercent))),
      ("net_recv_kbsec", .integer(load.netReceivedKBps)), ("net_send_kbsec", .integer(load.netSentKBps)),
    ]
    if load.gpuPercent >= 0 {
      members += [
        ("gpu_gpu_util", .integer(Int64(load.gpuPercent))), ("gpu_mem_total_mb", .integer(load.gpuMemoryTotalMB)),
        ("gpu_mem_used_mb", .integer(load.gpuMemoryUsedMB)), ("gpu_string", .string(load.gpuName)),
      ]
    }
    return JSONObject(members)
  }
}
