import Model
import Text

/// A line of the resources of a render: what is measured, its history and what it is now.
struct RenderResource {
  /// In full words; in short ones.
  var name: String
  var brief: String
  /// With its unit; and what the highest bar stands for.
  var now: String
  var scale: String
  var top: Double
  var value: (ResourceSample) -> Double?

  private static func percent(_ value: UInt8) -> Double? { value == ResourceSample.unknown ? nil : Double(value) }

  /// Those that the machine has, the most important first.
  static func all(_ resources: HostResources?, _ samples: [ResourceSample] = []) -> [RenderResource] {
    let now = resources ?? HostResources()
    func share(_ part: Int64, _ whole: Int64) -> String {
      whole > 0 ? "\(max(0, min(100, Int((Double(part) / Double(whole) * 100).rounded()))))%" : "-"
    }
    func left(_ whole: Int64, _ free: Int64) -> Int64 {
      let (used, overflow) = whole.subtractingReportingOverflow(free)
      return overflow ? 0 : used
    }
    func traffic(_ a: Int64, _ b: Int64) -> Int64 {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? 0 : sum
    }
    let memory = left(now.memoryTotalMB, now.memoryFreeMB)
    let disk = left(now.diskTotalGB, now.diskFreeGB)
    let load = now.loadHundredths.first ?? 0
    let loadTop = Sparkline.top(
      of: samples.map { Double($0.loadHundredths) / 100 } + [Double(load) / 100], least: max(1, Double(now.cpuCount)))
    let diskTop = Sparkline.top(of: samples.map { Double($0.diskKBps) }, least: 100)
    let netTop = Sparkline.top(of: samples.map { Double($0.netKBps) }, least: 100)
    var all = [
      RenderResource(
        name: "processors", brief: "cpu", now: "\(now.cpuPercent)%", scale: "of \(now.cpuCount) at \(now.cpuMHz) MHz", top: 100
      ) { percent($0.cpu) },
      RenderResource(
        name: "memory", brief: "mem", now: share(memory, now.memoryTotalMB),
        scale: "\(Format.size(mebibytes: memory)) of \(Format.size(mebibytes: now.memoryTotalMB))", top: 100
      ) { percent($0.memory) },
      RenderResource(
        name: "load", brief: "load", now: Format.hundredths(load), scale: "up to \(Int(loadTop))", top: loadTop
      ) { Double($0.loadHundredths) / 100 },
    ]
    if now.swapTotalMB > 0 {
      all.append(
        RenderResource(
          name: "swap", brief: "swap", now: share(now.swapUsedMB, now.swapTotalMB),
          scale: "\(Format.size(mebibytes: now.swapUsedMB)) of \(Format.size(mebibytes: now.swapTotalMB))", top: 100
        ) { percent($0.swap) })
    }
    all += [
      RenderResource(
        name: "disk", brief: "disk", now: share(disk, now.diskTotalGB),
        scale: "\(Format.size(gibibytes: disk)) of \(Format.size(gibibytes: now.diskTotalGB))", top: 100
      ) { percent($0.disk) },
      RenderResource(
        name: "disk traffic", brief: "io", now: rate(traffic(now.diskReadKBps, now.diskWriteKBps)),
        scale: "up to \(rate(Int64(diskTop)))", top: diskTop
      ) { Double($0.diskKBps) },
      RenderResource(
        name: "network", brief: "net", now: rate(traffic(now.netReceivedKBps, now.netSentKBps)),
        scale: "up to \(rate(Int64(netTop)))", top: netTop
      ) { Double($0.netKBps) },
    ]
    if now.gpuPercent >= 0 {
      all += [
        RenderResource(name: "graphics", brief: "gpu", now: "\(now.gpuPercent)%", scale: now.gpuName, top: 100) { percent($0.gpu) },
        RenderResource(
          name: "its memory", brief: "gmem", now: share(now.gpuMemoryUsedMB, now.gpuMemoryTotalMB),
          scale: "\(Format.size(mebibytes: now.gpuMemoryUsedMB)) of \(Format.size(mebibytes: now.gpuMemoryTotalMB))", top: 100
        ) { percent($0.gpuMemory) },
      ]
    }
    return all
  }

  /// `820 kB/s`, `1.2 MB/s`.
  static func rate(_ kilobytes: Int64) -> String {
    if kilobytes < 1000 { return "\(max(0, kilobytes)) kB/s" }
    let (value, unit) = kilobytes < 1_000_000 ? (kilobytes / 100, "MB/s") : (kilobytes / 100_000, "GB/s")
    return value % 10 == 0 ? "\(value / 10) \(unit)" : "\(value / 10).\(value % 10) \(unit)"
  }

  /// The values in the order of time, with nothing where the render said nothing for a while.
  ///
  /// - Parameter gap: seconds after which something is missing.
  func values(_ samples: [ResourceSample], gap: UInt32) -> [Double?] {
    var values: [Double?] = []
    for (at, sample) in samples.enumerated() {
      if at > 0, sample.time > samples[at - 1].time, sample.time - samples[at - 1].time > gap { values.append(nil) }
      values.append(value(sample))
    }
    return values
  }

  /// Seconds without a sample that are more than an irregularity: three times the usual, half a minute at least.
  static func gap(_ samples: [ResourceSample]) -> UInt32 {
    let steps = zip(samples, samples.dropFirst()).map { $1.time > $0.time ? $1.time - $0.time : 0 }.sorted()
    return max(30, (steps.isEmpty ? 0 : steps[steps.count / 2]) &* 3)
  }
}
