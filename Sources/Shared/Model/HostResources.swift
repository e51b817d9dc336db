/// What a render measures of its machine (section 1.11, `host_resources`). Units are in the names.
public struct HostResources: Hashable, Sendable {
  public var cpuCount: Int32 = 0
  public var cpuMHz: Int32 = 0
  /// 1, 5 and 15 minutes, in hundredths.
  public var loadHundredths: [Int32] = [0, 0, 0]
  /// Busy share of all processors, percent.
  public var cpuPercent: Int32 = 0
  public var memoryTotalMB: Int64 = 0
  public var memoryFreeMB: Int64 = 0
  public var swapTotalMB: Int64 = 0
  public var swapUsedMB: Int64 = 0
  public var diskTotalGB: Int64 = 0
  public var diskFreeGB: Int64 = 0
  public var diskReadKBps: Int64 = 0
  public var diskWriteKBps: Int64 = 0
  /// Share of time in which the busiest disk was at work.
  public var diskBusyPercent: Int32 = 0
  public var netReceivedKBps: Int64 = 0
  public var netSentKBps: Int64 = 0
  /// -1 where there is no `nvidia-smi`.
  public var gpuPercent: Int32 = -1
  public var gpuMemoryTotalMB: Int64 = 0
  public var gpuMemoryUsedMB: Int64 = 0
  public var gpuName: String = ""

  public init() {}

  // What pools compare their limits with (section 3.13).
  /// Memory that is not available, 0 where it was never measured.
  public var memoryUsedPercent: Int32 { Self.percent(memoryTotalMB - memoryFreeMB, of: memoryTotalMB) }
  public var swapUsedPercent: Int32 { Self.percent(swapUsedMB, of: swapTotalMB) }
  /// In and out together, MB a second, rounded down.
  public var netMBps: Int32 { Int32(clamping: (netReceivedKBps + netSentKBps) / 1024) }
  /// 0 without a card.
  public var gpuMemoryFreeMB: Int64 { max(0, gpuMemoryTotalMB - gpuMemoryUsedMB) }

  private static func percent(_ part: Int64, of whole: Int64) -> Int32 {
    whole > 0 ? Int32(clamping: max(0, min(100, part * 100 / whole))) : 0
  }
}

/// A network card: what wake-on-LAN needs.
public struct NetworkInterface: Hashable, Sendable {
  public var name: String
  /// Six bytes as `aa:bb:cc:dd:ee:ff`.
  public var mac: String
  public var addresses: [String]
  public init(name: String, mac: String, addresses: [String]) {
    self.name = name
    self.mac = mac
    self.addresses = addresses
  }
}
