import Foundation
import TestSupport
import Testing

@testable import Render

@Suite("wolwake and wolsleep")
struct WakeTests {
  private let scratch: ScratchFolder
  init() throws { scratch = try ScratchFolder() }

  private func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
    let program = try Program("reeve-render", arguments, scratch: scratch)
    return (try program.wait(), program.output, program.errors)
  }

  private func packet(_ bytes: [UInt8]) -> [UInt8] {
    var packet = [UInt8](repeating: 0xff, count: 6)
    for _ in 0..<16 { packet += bytes }
    return packet
  }

  @Test("every card's packet is on the wire, byte for byte, with one line for each")
  func packets() throws {
    let sink = try PacketSink()
    let result = try run([
      "wolwake", "02:00:00:00:0a:01", "02-00-00-00-0A-02", "0200000aBC03", "--broadcast", "127.0.0.1", "--port", "\(sink.port)",
    ])
    #expect(result.status == 0)
    let expected = [[2, 0, 0, 0, 10, 1], [2, 0, 0, 0, 10, 2], [2, 0, 0, 10, 0xbc, 3]].map { packet($0) }
    let packets = try observe("nine packets") { sink.take().count >= 9 ? sink.packets : nil }
    #expect(packets.count == 9)
    #expect(expected.allSatisfy { one in one.count == 102 && packets.filter { $0 == one }.count == 3 })
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines.first == "magic packet 1 of 3 for 02:00:00:00:0a:01 sent to 127.0.0.1:\(sink.port)")
  }

  @Test("Afanasy's arguments are taken, and one card is woken as well as many")
  func afanasy() throws {
    let sink = try PacketSink()
    let result = try run([
      "wolwake", "--wake", "--ip", "10.1.2.3", "--hostname", "r07", "0200000000ff", "--broadcast", "127.0.0.1", "--port",
      "\(sink.port)",
    ])
    #expect(result.status == 0)
    let first = try observe("a packet") { sink.take().first }
    #expect(first == packet([2, 0, 0, 0, 0, 0xff]))
  }

  @Test(
    "a wrong address is refused, with the argument and the place, before anything is sent",
    arguments: [
      (
        ["02:00:00:00:00:01", "02:00:00:00:00:0g"], "argument 2, \"02:00:00:00:00:0g\", is no MAC address: character 17: found 'g'"
      ),
      (["02000000000"], "argument 1, \"02000000000\", is no MAC address: character 12: the text ends"),
      (["02:00:00:00:00:01", "x; id", "y"], "argument 2, \"x; id\", is no MAC address: character 1: found 'x'"),
    ])
  func wrong(_ addresses: [String], _ message: String) throws {
    let sink = try PacketSink()
    let result = try run(["wolwake"] + addresses + ["--broadcast", "127.0.0.1", "--port", "\(sink.port)"])
    #expect(result.status == 2)
    #expect(result.errors.contains(message))
    #expect(result.output.isEmpty && sink.take().isEmpty)
  }

  @Test("without an address, with a wrong port or a wrong broadcast address it is wrong usage")
  func usage() throws {
    for arguments in [
      [], ["0200000000ff", "--port", "0"], ["0200000000ff", "--port", "70000"], ["0200000000ff", "--broadcast", "x"],
    ] {
      #expect(try run(["wolwake"] + arguments).status == 2)
    }
  }

  @Test("where nothing can be sent it fails, and says why")
  func unreachable() throws {
    // Nothing may be sent to nobody's address.
    let result = try run(["wolwake", "0200000000ff", "--broadcast", "255.255.255.255", "--port", "1"])
    if result.status != 0 {
      #expect(result.status == 1)
      #expect(result.errors.contains("no magic packet for 02:00:00:00:00:ff to 255.255.255.255:1: "))
    }
  }

  @Test("the networks of this machine have broadcast addresses, loopback none")
  func targets() {
    for target in BroadcastTarget.ofThisMachine() {
      #expect(target.interface != "lo" && !target.text.hasPrefix("127."))
      #expect(BroadcastTarget(target.text)?.address == target.address)
    }
    #expect(BroadcastTarget("10.0.0.256") == nil && BroadcastTarget("farm") == nil && BroadcastTarget("::1") == nil)
  }

  @Test("the kernel is asked to suspend to memory, whatever Afanasy adds")
  func sleep() throws {
    let state = try scratch.write("freeze mem disk\n", to: "state")
    let result = try run([
      "wolsleep", "--state-file", state, "--sleep", "--ip", "10.1.2.3", "--hostname", "r07", "0200000000ff", "020000000100",
    ])
    #expect(result.status == 0)
    #expect(scratch.read("state")?.hasPrefix("mem") == true)
  }

  @Test("a machine that cannot sleep says so")
  func noSleep() throws {
    let state = try scratch.write("freeze\n", to: "state")
    let unable = try run(["wolsleep", "--state-file", state])
    #expect(unable.status == 1)
    #expect(unable.errors.hasPrefix("reeve-render: wolsleep: this machine cannot suspend to memory: \(state) offers freeze"))
    #expect(scratch.read("state") == "freeze\n")
    let missing = try run(["wolsleep", "--state-file", scratch.file("none")])
    #expect(missing.status == 1 && missing.errors.contains("there is no \(scratch.file("none"))"))
  }

  @Test("only root may ask the kernel", .enabled(if: geteuid() != 0))
  func notRoot() throws {
    let state = try scratch.write("mem\n", to: "state", mode: 0o444)
    let result = try run(["wolsleep", "--state-file", state])
    #expect(result.status == 1 && result.errors.contains("must be run as root"))
  }
}
