/// What a render's machine was doing at one moment, in 20 bytes: a point of its sparklines.
public struct ResourceSample: Hashable, Sendable {
  /// Seconds since 1970 UTC.
  public var time: UInt32
  /// Kilobytes a second, read and written together; in and out together.
  public var diskKBps: UInt32
  public var netKBps: UInt32
  /// Of the last minute, in hundredths, at most 655.35.
  public var loadHundredths: UInt16
  /// Percent of what there is; `unknown` where there is none, or nobody measured.
  public var cpu: UInt8
  public var memory: UInt8
  public var swap: UInt8
  public var disk: UInt8
  public var gpu: UInt8
  public var gpuMemory: UInt8

  public static let unknown: UInt8 = 255

  public init(
    time: UInt32, diskKBps: UInt32 = 0, netKBps: UInt32 = 0, loadHundredths: UInt16 = 0, cpu: UInt8 = unknown,
    memory: UInt8 = unknown, swap: UInt8 = unknown, disk: UInt8 = unknown, gpu: UInt8 = unknown, gpuMemory: UInt8 = unknown
  ) {
    self.time = time
    self.diskKBps = diskKBps
    self.netKBps = netKBps
    self.loadHundredths = loadHundredths
    self.cpu = cpu
    self.memory = memory
    self.swap = swap
    self.disk = disk
    self.gpu = gpu
    self.gpuMemory = gpuMemory
  }

  public init(_ resources: HostResources, at now: Instant) {
    self.init(
      time: UInt32(clamping: now.seconds), diskKBps: UInt32(clamping: Self.sum(resources.diskReadKBps, resources.diskWriteKBps)),
      netKBps: UInt32(clamping: Self.sum(resources.netReceivedKBps, resources.netSentKBps)),
      loadHundredths: UInt16(clamping: resources.loadHundredths.first ?? 0),
      cpu: Self.percent(Int64(resources.cpuPercent), of: 100),
      memory: Self.percent(Self.difference(resources.memoryTotalMB, resources.memoryFreeMB), of: resources.memoryTotalMB),
      swap: Self.percent(resources.swapUsedMB, of: resources.swapTotalMB),
      disk: Self.percent(Self.difference(resources.diskTotalGB, resources.diskFreeGB), of: resources.diskTotalGB),
      gpu: resources.gpuPercent < 0 ? Self.unknown : Self.percent(Int64(resources.gpuPercent), of: 100),
      gpuMemory: resources.gpuPercent < 0 ? Self.unknown : Self.percent(resources.gpuMemoryUsedMB, of: resources.gpuMemoryTotalMB))
  }

  /// Whatever an agent says, no number overflows.
  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b < 0 ? .min : .max) : sum
  }

  private static func difference(_ a: Int64, _ b: Int64) -> Int64 {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return overflow ? (b < 0 ? .max : .min) : difference
  }

  private static func percent(_ part: Int64, of whole: Int64) -> UInt8 {
    guard whole > 0 else { return unknown }
    return UInt8(max(0, min(100, Double(part) / Double(whole) * 100)).rounded())
  }
}
