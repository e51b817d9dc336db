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
  public init(_ w: WireResources) {
    self.init()
    cpuCount = w.cpuCount
    cpuMHz = w.cpuMhz
    if w.loadHundredths.count == 3 { loadHundredths = w.loadHundredths }
    cpuPercent = w.cpuPercent
    memoryTotalMB = w.memoryTotalMb
    memoryFreeMB = w.memoryFreeMb
    swapTotalMB = w.swapTotalMb
    swapUsedMB = w.swapUsedMb
    diskTotalGB = w.diskTotalGb
    diskFreeGB = w.diskFreeGb
    diskReadKBps = w.diskReadKbps
    diskWriteKBps = w.diskWriteKbps
    diskBusyPercent = w.diskBusyPercent
    netReceivedKBps = w.netReceivedKbps
    netSentKBps = w.netSentKbps
    gpuPercent = w.gpuPercent
    gpuMemoryTotalMB = w.gpuMemoryTotalMb
    gpuMemoryUsedMB = w.gpuMemoryUsedMb
    gpuName = w.gpuName.beginning(128)
  }
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
