import Glibc
import Model

/// Measures the machine from `/proc`. Rates are those since the measurement before; the first has none.
///
/// Reading takes a millisecond, but may hang on a dead file system: not on an event loop.
struct HostMeter {
  private struct Counters {
    var busy: Int64 = 0
    var all: Int64 = 0
    var diskRead: Int64 = 0
    var diskWritten: Int64 = 0
    var received: Int64 = 0
    var sent: Int64 = 0
    var milliseconds: Int64 = 0
  }

  private let diskPath: String
  private var before: Counters?
  private let cpuMHz: Int32

  /// - Parameter diskPath: in the file system whose space is told.
  init(diskPath: String = "/") {
    self.diskPath = diskPath
    let line = ProcFile.lines("/proc/cpuinfo")?.first { $0.hasPrefix("cpu MHz") }
    let value = line?.split(separator: ":").last.flatMap { Double($0.drop { $0 == " " }) }
    cpuMHz = Int32(clamping: Int64(value ?? 0))
  }

  mutating func measure() -> HostResources {
    var resources = HostResources()
    resources.cpuCount = Int32(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    resources.cpuMHz = cpuMHz
    Self.readLoad(&resources)
    Self.readMemory(&resources)
    var space = statvfs()
    if statvfs(diskPath, &space) == 0 {
      let gigabyte = UInt(1 << 30) / max(1, UInt(space.f_frsize))
      resources.diskTotalGB = Int64(UInt(space.f_blocks) / max(1, gigabyte))
      resources.diskFreeGB = Int64(UInt(space.f_bavail) / max(1, gigabyte))
    }
    let now = Self.counters()
    if let before {
      let seconds = max(0.001, Double(now.milliseconds - before.milliseconds) / 1000)
      func rate(_ path: KeyPath<Counters, Int64>) -> Int64 {
        Int64(Double(max(0, now[keyPath: path] - before[keyPath: path])) / 1024 / seconds)
      }
      let all = now.all - before.all
      if all > 0 { resources.cpuPercent = Int32(clamping: max(0, min(100, (now.busy - before.busy) * 100 / all))) }
      resources.diskReadKBps = rate(\.diskRead)
      resources.diskWriteKBps = rate(\.diskWritten)
      resources.netReceivedKBps = rate(\.received)
      resources.netSentKBps = rate(\.sent)
    }
    before = now
    return resources
  }

  private static func readLoad(_ resources: inout HostResources) {
    guard let words = ProcFile.lines("/proc/loadavg")?.first.map(ProcFile.words), words.count >= 3 else { return }
    resources.loadHundredths = words[..<3].map { Int32(clamping: Int64((Double($0) ?? 0) * 100)) }
  }

  private static func readMemory(_ resources: inout HostResources) {
    var kilobytes: [Substring: Int64] = [:]
    for line in ProcFile.lines("/proc/meminfo") ?? [] {
      let words = ProcFile.words(line)
      if words.count >= 2 { kilobytes[words[0]] = Int64(words[1]) }
    }
    func megabytes(_ name: Substring) -> Int64 { (kilobytes[name] ?? 0) / 1024 }
    resources.memoryTotalMB = megabytes("MemTotal:")
    resources.memoryFreeMB = megabytes("MemAvailable:")
    resources.swapTotalMB = megabytes("SwapTotal:")
    resources.swapUsedMB = megabytes("SwapTotal:") - megabytes("SwapFree:")
  }

  private static func counters() -> Counters {
    var counters = Counters()
    counters.milliseconds = Clock.monotonicMilliseconds
    if let line = ProcFile.lines("/proc/stat")?.first(where: { $0.hasPrefix("cpu ") }) {
      // user nice system idle iowait irq softirq steal; guest time is in user already.
      let ticks = ProcFile.words(line).dropFirst().prefix(8).map { Int64($0) ?? 0 }
      counters.all = ticks.reduce(0, +)
      counters.busy = ticks.count >= 5 ? counters.all - ticks[3] - ticks[4] : 0
    }
    for line in ProcFile.lines("/proc/diskstats") ?? [] {
      let words = ProcFile.words(line)
      guard words.count >= 10, isDisk(words[2]) else { continue }
      // Sectors of 512 bytes, whatever the disk's are.
      counters.diskRead += (Int64(words[5]) ?? 0) * 512
      counters.diskWritten += (Int64(words[9]) ?? 0) * 512
    }
    for line in ProcFile.lines("/proc/net/dev") ?? [] {
      let parts = line.split(separator: ":")
      guard parts.count == 2, ProcFile.words(parts[0]).first != "lo" else { continue }
      let words = ProcFile.words(parts[1])
      guard words.count >= 9 else { continue }
      counters.received += Int64(words[0]) ?? 0
      counters.sent += Int64(words[8]) ?? 0
    }
    return counters
  }

  /// Whole disks only: what their partitions and mappings do is counted there.
  private static func isDisk(_ name: Substring) -> Bool {
    for virtual in ["loop", "ram", "dm-", "md", "zram", "sr"] where name.hasPrefix(virtual) { return false }
    return access("/sys/block/\(name)", F_OK) == 0
  }
}
