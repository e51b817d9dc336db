import Foundation
import Model
import NIOPosix
import TestSupport
import Testing

@testable import Render

@Suite struct HostTests {
  @Test("the machine is measured, its rates from the second time on")
  func meter() throws {
    var meter = HostMeter()
    let first = meter.measure()
    #expect(first.cpuCount >= 1)
    #expect(first.memoryTotalMB > 0 && first.memoryFreeMB > 0 && first.memoryFreeMB <= first.memoryTotalMB)
    #expect(first.diskTotalGB > 0 && first.diskFreeGB <= first.diskTotalGB)
    #expect(first.cpuPercent == 0)
    let second = meter.measure()
    #expect((0...100).contains(second.cpuPercent))
    #expect(second.gpuPercent == -1)
  }

  @Test("network cards have MAC addresses of six bytes; the loopback is none")
  func interfaces() {
    for interface in NetworkInterface.ofThisMachine() {
      #expect(interface.name != "lo")
      #expect(interface.mac.split(separator: ":").count == 6)
    }
  }

  @Test("nvidia-smi's first card is read")
  func graphics() throws {
    let scratch = try ScratchFolder()
    try scratch.write(
      "#!/bin/sh\necho '37, 24564, 1024, NVIDIA GeForce RTX 4090'\necho '1, 2, 3, second'\n", to: "nvidia-smi", mode: 0o755)
    let meter = try #require(GraphicsMeter(path: "/nonexistent:\(scratch.path)"))
    // A program that another test is just starting may hold the script open for writing, which keeps it from being executed.
    let reading = try observe("an answer") { meter.read() }
    #expect(reading.percent == 37 && reading.memoryTotalMB == 24564 && reading.memoryUsedMB == 1024)
    #expect(reading.name == "NVIDIA GeForce RTX 4090")
    #expect(GraphicsMeter(path: "/nonexistent") == nil)
  }

  @Test("an nvidia-smi that hangs is ended, with what it started, and one that talks nonsense is not believed")
  func graphicsFaults() throws {
    let scratch = try ScratchFolder()
    let pidFile = scratch.file("pid")
    try scratch.write("#!/bin/sh\nsleep 1000 &\necho $! > \(pidFile)\nwait\n", to: "nvidia-smi", mode: 0o755)
    let meter = try #require(GraphicsMeter(path: scratch.path, timeoutMilliseconds: 1000))
    #expect(meter.read() == nil)
    let pid = try #require(Int32((scratch.read("pid") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)))
    try observe("its end") { !isAlive(pid) }
    for nonsense in ["", "N/A, N/A, N/A, card", "No devices were found", "1, 2, 3"] {
      #expect(GraphicsMeter.Reading(line: nonsense[...]) == nil)
    }
  }

  @Test("measurements come from another thread, and from none when there is none")
  func measurements() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("#!/bin/sh\necho '37, 24564, 1024, card'\n", to: "nvidia-smi", mode: 0o755)
    let pool = NIOThreadPool(numberOfThreads: 1)
    pool.start()
    let measurements = Measurements(diskPath: "/", path: scratch.path, pool: pool)
    let taken = try #require(await measurements.take(leaders: [getpgrp()]))
    let resources = taken.resources
    #expect(resources.cpuCount >= 1)
    #expect((taken.memory[getpgrp()] ?? 0) > 0)
    #expect([37, -1].contains(resources.gpuPercent))
    try await pool.shutdownGracefully()
    #expect(await measurements.take() == nil)
  }

  /// A machine of text files.
  private func machine() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    for folder in ["proc/net", "sys/block/sda", "sys/block/nvme0n1", "sys/block/dm-0", "sys/class/net/eth0/device"] {
      _ = try scratch.folder(folder)
    }
    for folder in ["sys/class/net/br0", "sys/class/net/lo", "sys/devices/system/cpu/cpu0/cpufreq"] {
      _ = try scratch.folder(folder)
    }
    try scratch.write("0.50 1.25 30.01 2/345 6789\n", to: "proc/loadavg")
    try scratch.write(
      "MemTotal:       16384000 kB\nMemFree:          100000 kB\nMemAvailable:    4096000 kB\nSwapTotal:       2048000 kB\n"
        + "SwapFree:        1536000 kB\n", to: "proc/meminfo")
    try scratch.write("processor\t: 0\ncpu MHz\t\t: 1200.125\nprocessor\t: 1\ncpu MHz\t\t: 3400.000\n", to: "proc/cpuinfo")
    try counters(scratch, seconds: 0)
    return scratch
  }

  private func counters(_ scratch: ScratchFolder, seconds: Int) throws {
    // A quarter of the time of two processors is idle; waiting for disks is idle too.
    try scratch.write(
      "cpu  \(100 + seconds * 120) 5 \(50 + seconds * 30) \(900 + seconds * 40) \(7 + seconds * 10) 0 0 0 60 0\ncpu0 1 2 3 4\n",
      to: "proc/stat")
    func disk(_ number: Int, _ name: String, read: Int, written: Int, busy: Int) -> String {
      "   8       \(number) \(name) 1 0 \(1000 + read * seconds) 3 4 0 \(500 + written * seconds) 7 0 \(20 + busy * seconds) 9 0 0 0 0\n"
    }
    try scratch.write(
      disk(0, "sda", read: 2048, written: 0, busy: 100) + disk(1, "sda1", read: 2048, written: 0, busy: 100)
        + disk(2, "nvme0n1", read: 0, written: 4096, busy: 730) + disk(3, "dm-0", read: 9999, written: 9999, busy: 999)
        + disk(4, "loop0", read: 9999, written: 9999, busy: 999), to: "proc/diskstats")
    func network(_ name: String, received: Int, sent: Int) -> String {
      "  \(name): \(77 + received * seconds) 1 0 0 0 0 0 0 \(88 + sent * seconds) 1 0 0 0 0 0 0\n"
    }
    try scratch.write(
      "Inter-|   Receive\n face |bytes    packets\n" + network("lo", received: 1 << 30, sent: 1 << 30)
        + network("eth0", received: 3 << 20, sent: 2 << 20) + network("br0", received: 3 << 20, sent: 2 << 20), to: "proc/net/dev")
  }

  @Test("3.13: every load that pools set limits on is measured, disks and cards counted once")
  func loads() throws {
    let scratch = try machine()
    var meter = HostMeter(diskPath: scratch.path, root: scratch.path)
    let first = meter.measure(at: 5000)
    #expect(first.loadHundredths == [50, 125, 3001])
    #expect(first.memoryTotalMB == 16000 && first.memoryFreeMB == 4000 && first.memoryUsedPercent == 75)
    #expect(first.swapTotalMB == 2000 && first.swapUsedMB == 500 && first.swapUsedPercent == 25)
    #expect(first.cpuMHz == 3400)
    #expect(first.diskTotalGB > 0 && first.diskFreeGB <= first.diskTotalGB)
    #expect(first.cpuPercent == 0 && first.diskBusyPercent == 0 && first.netReceivedKBps == 0)
    try counters(scratch, seconds: 4)
    let second = meter.measure(at: 9000)
    #expect(second.cpuPercent == 75)
    #expect(second.diskReadKBps == 1024 && second.diskWriteKBps == 2048)
    #expect(second.diskBusyPercent == 73, "of the busiest disk")
    #expect(second.netReceivedKBps == 3072 && second.netSentKBps == 2048 && second.netMBps == 5)
    // A disk that was taken away and put in again begins to count anew.
    try counters(scratch, seconds: 0)
    let third = meter.measure(at: 10_000)
    #expect(third.diskBusyPercent == 0 && third.diskReadKBps == 0 && third.cpuPercent == 0)
    try scratch.write("4800000\n", to: "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
    var again = HostMeter(root: scratch.path)
    #expect(again.measure().cpuMHz == 4800)
  }

  @Test("a machine without what is looked for is measured as far as it goes")
  func bare() throws {
    let scratch = try ScratchFolder()
    var meter = HostMeter(diskPath: "/nonexistent", root: scratch.path)
    _ = meter.measure(at: 1)
    let resources = meter.measure(at: 1)
    #expect(resources.memoryTotalMB == 0 && resources.memoryUsedPercent == 0 && resources.swapUsedPercent == 0)
    #expect(resources.diskTotalGB == 0 && resources.cpuMHz == 0 && resources.diskBusyPercent == 0)
    #expect(TaskMemory.measure([1], root: scratch.path).isEmpty)
  }

  @Test("the memory of a task is that of all processes of its group and its session")
  func taskMemory() throws {
    let scratch = try ScratchFolder()
    func process(_ pid: Int, _ name: String, group: Int, session: Int, megabytes: Int) throws {
      _ = try scratch.folder("proc/\(pid)")
      let ones = [String](repeating: "1", count: 16).joined(separator: " ")
      let pages = megabytes << 20 / sysconf(Int32(_SC_PAGESIZE))
      try scratch.write(
        "\(pid) (\(name)) S 1 \(group) \(session) \(ones) 123456789 \(pages) 2 3\n", to: "proc/\(pid)/stat")
    }
    try process(10, "sh", group: 10, session: 10, megabytes: 1)
    try process(11, "render) S 1 (x", group: 10, session: 10, megabytes: 200)
    try process(12, "with job control", group: 12, session: 10, megabytes: 30)
    try process(20, "another", group: 20, session: 20, megabytes: 4)
    try process(30, "nobody's", group: 30, session: 30, megabytes: 500)
    _ = try scratch.folder("proc/13")
    _ = try scratch.folder("proc/self")
    #expect(TaskMemory.measure([10, 20, 99], root: scratch.path) == [10: 231, 20: 4])
    #expect(TaskMemory.measure([], root: scratch.path).isEmpty)
  }

  @Test("a real task's memory is seen, with that of its children")
  func realMemory() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "x=$(head -c 30000000 /dev/zero | tr '\\0' x); (echo ready; sleep 1000; echo ${#x}); echo ${#x}")
    let pid = try keeper.started(1)
    try observe("its first line") { try keeper.text(1) == "ready\n" }
    let megabytes = try #require(TaskMemory.measure([pid])[pid])
    #expect((28 * 2...400).contains(megabytes), "\(megabytes) MB: of the shell and of its copy")
  }
}
