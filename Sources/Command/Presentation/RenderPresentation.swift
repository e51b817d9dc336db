import Model
import Text

/// Renders as people and as programs see them.
enum RenderPresentation {
  static let columns: [Table.Column] = [
    .init("NAME", minimum: 12), .init("STATE", minimum: 7), .init("USER", minimum: 6, dropRank: 6), .init("TASKS", .right),
    .init("CAPACITY", .right, dropRank: 4), .init("CPU", .right, dropRank: 1), .init("LOAD", .right, dropRank: 2),
    .init("MEMORY FREE", .right, dropRank: 3), .init("PRI", .right, dropRank: 7), .init("ADDRESS", minimum: 9, dropRank: 5),
    .init("SEEN", .right, dropRank: 8),
  ]

  static func table(_ rows: [RenderSummary], now: Instant) -> Table {
    var table = Table(columns)
    for row in rows {
      let machine = row.resources
      let isMeasured = machine.cpuCount > 0
      table.add([
        .init(row.name), Cells.state(row.state), .init(row.user), .init("\(row.running.count)/\(row.maxTasks)"),
        .init("\(row.capacityUsed)/\(row.capacity)"), .init(isMeasured ? "\(machine.cpuPercent)%" : "-"),
        .init(isMeasured ? Format.hundredths(machine.loadHundredths.first ?? 0) : "-"),
        .init(
          isMeasured ? "\(Format.size(mebibytes: machine.memoryFreeMB)) of \(Format.size(mebibytes: machine.memoryTotalMB))" : "-"),
        .init("\(row.priority)"), .init(row.address.isEmpty ? "-" : row.address), .init(ago(row.seen, now: now)),
      ])
    }
    return table
  }

  private static func ago(_ instant: Instant, now: Instant) -> String {
    instant == .never ? "-" : Format.duration(seconds: (now - instant).seconds) + " ago"
  }

  /// The same with what people set on it: what it is in effect stays.
  static func json(_ row: RenderSummary, _ parameters: JSONObject) -> JSONObject {
    var object = json(row)
    for (key, value) in parameters.members where object[key] == nil { object[key] = value }
    return object
  }

  /// Keys of sections 1.2, 1.9 to 1.11.
  static func json(_ row: RenderSummary) -> JSONObject {
    [
      "id": .integer(Int64(row.id.value)), "name": .string(row.name), "user_name": .string(row.user),
      "priority": .integer(Int64(row.priority)), "st": .integer(Int64(row.state.rawValue)), "state": .string(row.state.text),
      "nimby": .bool(row.state.contains(.nimby)), "NIMBY": .bool(row.state.contains(.NIMBY)),
      "paused": .bool(row.state.contains(.paused)), "capacity_host": .integer(Int64(row.capacity)),
      "max_tasks_host": .integer(Int64(row.maxTasks)), "capacity_used": .integer(Int64(row.capacityUsed)),
      "tasks": .array(
        row.running.map {
          .object([
            "job_id": .integer(Int64($0.job.value)), "block_num": .integer(Int64($0.block.value)),
            "task_num": .integer(Int64($0.task.value)),
          ])
        }),
      "engine": .string(row.version), "os": .string(row.os), "address": .object(["ip": .string(row.address)]),
      "time_register": Cells.time(row.registered), "time_update": Cells.time(row.seen),
      "task_start_finish_time": Cells.time(row.changed), "host_resources": .object(json(row.resources)),
    ]
  }

  static func json(_ r: HostResources) -> JSONObject {
    var object: JSONObject = [
      "cpu_num": .integer(Int64(r.cpuCount)), "cpu_mhz": .integer(Int64(r.cpuMHz)), "cpu_percent": .integer(Int64(r.cpuPercent)),
      "cpu_loadavg": .array(r.loadHundredths.map { .number(Double($0) / 100) }), "mem_total_mb": .integer(r.memoryTotalMB),
      "mem_free_mb": .integer(r.memoryFreeMB), "swap_total_mb": .integer(r.swapTotalMB), "swap_used_mb": .integer(r.swapUsedMB),
      "hdd_total_gb": .integer(r.diskTotalGB), "hdd_free_gb": .integer(r.diskFreeGB), "hdd_rd_kbsec": .integer(r.diskReadKBps),
      "hdd_wr_kbsec": .integer(r.diskWriteKBps), "net_recv_kbsec": .integer(r.netReceivedKBps),
      "net_send_kbsec": .integer(r.netSentKBps),
    ]
    if r.gpuPercent >= 0 {
      object["gpu_gpu_util"] = .integer(Int64(r.gpuPercent))
      object["gpu_mem_total_mb"] = .integer(r.gpuMemoryTotalMB)
      object["gpu_mem_used_mb"] = .integer(r.gpuMemoryUsedMB)
      object["gpu_string"] = .string(r.gpuName)
    }
    return object
  }

  /// One render in full.
  static func lines(
    _ row: RenderSummary, _ parameters: JSONObject = JSONObject(), width: Int?, now: Instant,
    time: (Instant) -> String = Cells.local
  ) -> [String] {
    let r = row.resources
    var facts: [(String, String)] = [
      ("render", row.name), ("number", "\(row.id)"), ("state", row.state.text), ("user", row.user), ("priority", "\(row.priority)"),
      ("tasks", "\(row.running.count) of \(row.maxTasks) at most"), ("capacity", "\(row.capacityUsed) of \(row.capacity) used"),
      ("address", row.address.isEmpty ? "-" : row.address), ("system", row.os), ("version", row.version),
      ("registered", time(row.registered)), ("seen", "\(time(row.seen)) (\(ago(row.seen, now: now)))"),
      (row.state.contains(.busy) ? "busy since" : "idle since", time(row.changed)),
    ]
    if r.cpuCount > 0 {
      facts += [
        ("processors", "\(r.cpuCount) at \(r.cpuMHz) MHz, \(r.cpuPercent)% busy"),
        ("load", r.loadHundredths.map(Format.hundredths).joined(separator: " ")),
        ("memory", "\(Format.size(mebibytes: r.memoryFreeMB)) free of \(Format.size(mebibytes: r.memoryTotalMB))"),
        ("swap", "\(Format.size(mebibytes: r.swapUsedMB)) used of \(Format.size(mebibytes: r.swapTotalMB))"),
        (
          "disk",
          "\(Format.size(gibibytes: r.diskFreeGB)) free of \(Format.size(gibibytes: r.diskTotalGB))"
            + ", reads \(r.diskReadKBps) KiB/s, writes \(r.diskWriteKBps) KiB/s"
        ),
        ("network", "receives \(r.netReceivedKBps) KiB/s, sends \(r.netSentKBps) KiB/s"),
      ]
    }
    if r.gpuPercent >= 0 {
      facts.append(
        (
          "graphics",
          "\(r.gpuName), \(r.gpuPercent)% busy, \(Format.size(mebibytes: r.gpuMemoryUsedMB)) used of \(Format.size(mebibytes: r.gpuMemoryTotalMB))"
        ))
    }
    facts += NodePresentation.facts(
      JSONObject(parameters.members.filter { $0.key != "priority" && $0.value != Parameters.render[$0.key]?.defaultValue }))
    var lines = Facts.lines(facts)
    if !row.running.isEmpty {
      lines.append("")
      var table = Table([.init("JOB", .right), .init("BLOCK", .right), .init("TASK", .right)])
      for key in row.running { table.add([.init("\(key.job)"), .init("\(key.block)"), .init("\(key.task)")]) }
      lines += table.lines(width: width)
    }
    return lines
  }
}
