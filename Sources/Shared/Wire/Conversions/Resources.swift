public import Model

extension WireResources {
  public init(_ r: HostResources) {
    self.init()
    cpuCount = r.cpuCount
    cpuMhz = r.cpuMHz
    loadHundredths = r.loadHundredths
    cpuPercent = r.cpuPercent
    memoryTotalMb = r.memoryTotalMB
    memoryFreeMb = r.memoryFreeMB
    swapTotalMb = r.swapTotalMB
    swapUsedMb = r.swapUsedMB
    diskTotalGb = r.diskTotalGB
    diskFreeGb = r.diskFreeGB
    diskReadKbps = r.diskReadKBps
    diskWriteKbps = r.diskWriteKBps
    diskBusyPercent = r.diskBusyPercent
    netReceivedKbps = r.netReceivedKBps
    netSentKbps = r.netSentKBps
    gpuPercent = r.gpuPercent
    gpuMemoryTotalMb = r.gpuMemoryTotalMB
    gpuMemoryUsedMb = r.gpuMemoryUsedMB
    gpuName = r.gpuName
  }
}

extension HostResources {
  /// Whatever an agent says is brought to what a machine can have: sums and products of these numbers never overflow.
  public init(_ w: WireResources) {
    self.init()
    cpuCount = Self.number(w.cpuCount)
    cpuMHz = Self.number(w.cpuMhz)
    if w.loadHundredths.count == 3 { loadHundredths = w.loadHundredths.map { min(max(0, $0), 1 << 24) } }
    cpuPercent = Self.percent(w.cpuPercent)
    memoryTotalMB = Self.amount(w.memoryTotalMb)
    memoryFreeMB = Self.amount(w.memoryFreeMb)
    swapTotalMB = Self.amount(w.swapTotalMb)
    swapUsedMB = Self.amount(w.swapUsedMb)
    diskTotalGB = Self.amount(w.diskTotalGb)
    diskFreeGB = Self.amount(w.diskFreeGb)
    diskReadKBps = Self.amount(w.diskReadKbps)
    diskWriteKBps = Self.amount(w.diskWriteKbps)
    diskBusyPercent = Self.percent(w.diskBusyPercent)
    netReceivedKBps = Self.amount(w.netReceivedKbps)
    netSentKBps = Self.amount(w.netSentKbps)
    // -1: there is no card.
    gpuPercent = min(max(-1, w.gpuPercent), 100)
    gpuMemoryTotalMB = Self.amount(w.gpuMemoryTotalMb)
    gpuMemoryUsedMB = Self.amount(w.gpuMemoryUsedMb)
    gpuName = w.gpuName.beginning(128)
  }

  private static func amount(_ value: Int64) -> Int64 { min(max(0, value), 1 << 48) }
  private static func number(_ value: Int32) -> Int32 { min(max(0, value), 1 << 20) }
  private static func percent(_ value: Int32) -> Int32 { min(max(0, value), 100) }
}

extension WireInterface {
  public init(_ i: NetworkInterface) {
    self.init()
    name = i.name
    mac = i.mac
    addresses = i.addresses
  }
}

extension NetworkInterface {
  public init(_ w: WireInterface) { self.init(name: w.name, mac: w.mac, addresses: w.addresses) }
}
