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
    let resources = try #require(await measurements.take())
    #expect(resources.cpuCount >= 1)
    #expect([37, -1].contains(resources.gpuPercent))
    try await pool.shutdownGracefully()
    #expect(await measurements.take() == nil)
  }
}
