import Glibc
import Model

/// Measures the machine from `/proc` and `/sys`. Rates are those since the measurement before; the first has none.
///
/// Reading takes a millisecond, but may hang on a dead file system: not on an event loop.
struct HostMeter {
  private struct Counters {
    var busy: Int64 = 0
    var all: Int64 = 0
    var diskRead: Int64 = 0
    var diskWritten: Int64 = 0
    /// Milliseconds in which a disk had something to do.
    var diskBusy: [Substring: Int64] = [:]
    var received: Int64 = 0
    var sent: Int64 = 0
    var milliseconds: Int64 = 0
  }

  private let diskPath: String
  private let root: String
  private var before: Counters?
  private let cpuMHz: Int32

  /// - Parameters:
  ///   - diskPath: in the file system whose space is told.
  ///   - root: where `/proc` and `/sys` are.
  init(diskPath: String = "/", root: String = "") {
    self.diskPath = diskPath
    self.root = root
    cpuMHz = Self.readFrequency(root)
  }

  /// - Parameter now: monotonic milliseconds.
  mutating func measure(at now: Int64 = Clock.monotonicMilliseconds) -> HostResources {
    var resources = HostResources()
    resources.cpuCount = Int32(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    resources.cpuMHz = cpuMHz
    readLoad(&resources)
    readMemory(&resources)
    readSpace(&resources)
    let now = counters(at: now)
    if let before { Self.fill(&resources, from: before, to: now) }
    before = now
    return resources
  }

  private static func fill(_ resources: inout HostResources, from before: Counters, to now: Counters) {
    let milliseconds = max(1, now.milliseconds - before.milliseconds)
    func rate(_ path: KeyPath<Counters, Int64>) -> Int64 {
      max(0, now[keyPath: path] - before[keyPath: path]) * 1000 / 1024 / milliseconds
    }
    func percent(_ part: Int64, of whole: Int64) -> Int32 {
      whole > 0 ? Int32(clamping: max(0, min(100, (part * 100 + whole / 2) / whole))) : 0
    }
    resources.cpuPercent = percent(now.busy - before.busy, of: now.all - before.all)
    resources.diskReadKBps = rate(\.diskRead)
    resources.diskWriteKBps = rate(\.diskWritten)
    // A task that waits for one disk is not helped by the rest of the others.
    let busiest = now.diskBusy.map { $0.value - (before.diskBusy[$0.key] ?? $0.value) }.max() ?? 0
    resources.diskBusyPercent = percent(busiest, of: milliseconds)
    resources.netReceivedKBps = rate(\.received)
    resources.netSentKBps = rate(\.sent)
  }

  // MARK: - What stands still

  /// The highest that the processor can have, where it is known: what it has now says only how idle it is.
  private static func readFrequency(_ root: String) -> Int32 {
    let highest = ProcFile.lines("\(root)/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")?.first
    if let kilohertz = highest.flatMap({ Int64($0) }), kilohertz > 0 { return Int32(clamping: kilohertz / 1000) }
    let lines = (ProcFile.lines("\(root)/proc/cpuinfo") ?? []).filter { $0.hasPrefix("cpu MHz") }
    let values = lines.compactMap { $0.split(separator: ":").last.flatMap { Double($0.drop { $0 == " " }) } }
    return Int32(clamping: Int64(max(0, min(1e9, values.max() ?? 0))))
  }

  private func readSpace(_ resources: inout HostResources) {
    var space = statvfs()
    guard statvfs(diskPath, &space) == 0 else { return }
    let block = UInt64(space.f_frsize)
    resources.diskTotalGB = Int64(clamping: UInt64(space.f_blocks).multipliedReportingOverflow(by: block).partialValue >> 30)
    resources.diskFreeGB = Int64(clamping: UInt64(space.f_bavail).multipliedReportingOverflow(by: block).partialValue >> 30)
  }

  private func readLoad(_ resources: inout HostResources) {
    guard let words = ProcFile.lines("\(root)/proc/loadavg")?.first.map(ProcFile.words), words.count >= 3 else { return }
    resources.loadHundredths = words[..<3].map { Int32(max(0, min(1e9, (Double($0) ?? 0) * 100)).rounded()) }
  }

  private func readMemory(_ resources: inout HostResources) {
    var kilobytes: [Substring: Int64] = [:]
    for line in ProcFile.lines("\(root)/proc/meminfo") ?? [] {
      let words = ProcFile.words(line)
      if words.count >= 2 { kilobytes[words[0]] = Int64(words[1]) }
    }
    func megabytes(_ name: Substring) -> Int64 { (kilobytes[name] ?? 0) / 1024 }
    resources.memoryTotalMB = megabytes("MemTotal:")
    resources.memoryFreeMB = megabytes("MemAvailable:")
    resources.swapTotalMB = megabytes("SwapTotal:")
    resources.swapUsedMB = max(0, (kilobytes["SwapTotal:"] ?? 0) - (kilobytes["SwapFree:"] ?? 0)) / 1024
  }

  // MARK: - What grows

  private func counters(at milliseconds: Int64) -> Counters {
    var counters = Counters()
    counters.milliseconds = milliseconds
    if let line = ProcFile.lines("\(root)/proc/stat")?.first(where: { $0.hasPrefix("cpu ") }) {
      // user nice system idle iowait irq softirq steal; guest time is in user already.
      let ticks = ProcFile.words(line).dropFirst().prefix(8).map { Int64($0) ?? 0 }
      counters.all = ticks.reduce(0, +)
      counters.busy = ticks.count >= 5 ? counters.all - ticks[3] - ticks[4] : 0
    }
    for line in ProcFile.lines("\(root)/proc/diskstats") ?? [] {
      let words = ProcFile.words(line)
      guard words.count >= 13, isDisk(words[2]) else { continue }
      // Sectors of 512 bytes, whatever the disk's are.
      counters.diskRead += (Int64(words[5]) ?? 0) * 512
      counters.diskWritten += (Int64(words[9]) ?? 0) * 512
      counters.diskBusy[words[2]] = Int64(words[12]) ?? 0
    }
    readNetwork(&counters)
    return counters
  }

  /// Whole disks only: what their partitions and mappings do is counted there.
  private func isDisk(_ name: Substring) -> Bool {
    for virtual in ["loop", "ram", "dm-", "md", "zram", "sr"] where name.hasPrefix(virtual) { return false }
    return access("\(root)/sys/block/\(name)", F_OK) == 0
  }

  /// Bridges, bonds and the like repeat what goes through the cards: where there are cards, only they count.
  private func readNetwork(_ counters: inout Counters) {
    var cards = (received: Int64(0), sent: Int64(0), isAny: false)
    var all = (received: Int64(0), sent: Int64(0))
    for line in ProcFile.lines("\(root)/proc/net/dev") ?? [] {
      // An alias's name has a colon of its own.
      guard let colon = line.lastIndex(of: ":"), let name = ProcFile.words(line[..<colon]).first, name != "lo" else { continue }
      let words = ProcFile.words(line[line.index(after: colon)...])
      guard words.count >= 9, let received = Int64(words[0]), let sent = Int64(words[8]) else { continue }
      all.received += received
      all.sent += sent
      guard access("\(root)/sys/class/net/\(name)/device", F_OK) == 0 else { continue }
      cards.isAny = true
      cards.received += received
      cards.sent += sent
    }
    counters.received = cards.isAny ? cards.received : all.received
    counters.sent = cards.isAny ? cards.sent : all.sent
  }
}
