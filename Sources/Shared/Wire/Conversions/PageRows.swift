public import Model

// What the pages of one render and of one task are made of.

extension WireResourceSample {
  public init(_ sample: ResourceSample) {
    self.init()
    time = sample.time
    loadHundredths = UInt32(sample.loadHundredths)
    cpu = Self.more(sample.cpu)
    memory = Self.more(sample.memory)
    swap = Self.more(sample.swap)
    disk = Self.more(sample.disk)
    gpu = Self.more(sample.gpu)
    gpuMemory = Self.more(sample.gpuMemory)
    diskKbps = sample.diskKBps
    netKbps = sample.netKBps
  }

  private static func more(_ percent: UInt8) -> UInt32 { percent == ResourceSample.unknown ? 0 : UInt32(percent) + 1 }
}

extension ResourceSample {
  public init(_ wire: WireResourceSample) {
    self.init(
      time: wire.time, diskKBps: wire.diskKbps, netKBps: wire.netKbps, loadHundredths: UInt16(clamping: wire.loadHundredths),
      cpu: Self.less(wire.cpu), memory: Self.less(wire.memory), swap: Self.less(wire.swap), disk: Self.less(wire.disk),
      gpu: Self.less(wire.gpu), gpuMemory: Self.less(wire.gpuMemory))
  }

  private static func less(_ number: UInt32) -> UInt8 { number == 0 ? unknown : UInt8(min(100, number - 1)) }
}

extension WireNodeLine {
  public init(_ line: NodeLine) {
    self.init()
    time = line.time.microseconds
    level = UInt32(line.level.rawValue)
    text = line.text
    who = line.who
  }
}

extension NodeLine {
  public init(_ wire: WireNodeLine) {
    self.init(
      time: Instant(microseconds: wire.time), level: Level(rawValue: UInt8(truncatingIfNeeded: wire.level)) ?? .info,
      text: wire.text, who: wire.who)
  }
}

extension WireRunRow {
  /// - Parameter render: its name.
  public init(_ end: RunEnd, on render: String) {
    self.init()
    start = end.start
    self.render = render
    started = end.started.microseconds
    ended = end.ended.microseconds
    outcome = UInt32(end.outcome?.rawValue ?? 0)
    exitCode = end.exitCode
    signal = end.signal
    reason = end.reason
    memoryPeakMb = end.memoryPeakMB
    cpuSeconds = end.cpuSeconds
    wish = UInt32(end.wish?.rawValue ?? 0)
  }
}

extension RunEnd {
  /// - Parameter key: the task, which the row does not repeat.
  public init(_ wire: WireRunRow, of key: TaskKey) {
    self.init(
      key: key, start: wire.start, render: RenderID(0), started: Instant(microseconds: wire.started),
      ended: Instant(microseconds: wire.ended), wish: Wish(rawValue: UInt8(truncatingIfNeeded: wire.wish)))
    outcome = RunOutcome(rawValue: UInt8(truncatingIfNeeded: wire.outcome))
    exitCode = wire.exitCode
    signal = wire.signal
    reason = wire.reason
    memoryPeakMB = wire.memoryPeakMb
    cpuSeconds = wire.cpuSeconds
  }
}
