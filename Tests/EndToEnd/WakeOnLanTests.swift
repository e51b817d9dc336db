import Foundation
import TestSupport
import Testing

@Suite("wake-on-LAN between machines on one network") struct WakeOnLanTests {
  /// An Ethernet frame with a UDP packet in it.
  private struct Packet {
    var destination: [UInt8]
    var port: Int
    var data: [UInt8]

    init?(_ frame: [UInt8]) {
      // IPv4, UDP.
      guard frame.count > 42, frame[12] == 0x08, frame[13] == 0x00, frame[23] == 17 else { return nil }
      let header = 14 + Int(frame[14] & 0x0F) * 4
      guard frame.count >= header + 8 else { return nil }
      destination = Array(frame[0..<6])
      port = Int(frame[header + 2]) << 8 | Int(frame[header + 3])
      let length = Int(frame[header + 4]) << 8 | Int(frame[header + 5])
      guard length >= 8, frame.count >= header + length else { return nil }
      data = Array(frame[header + 8..<header + length])
    }
  }

  @Test(
    "a render that sleeps is woken by magic packets that another one sends",
    .enabled(if: Networks.arePossible, "needs root, and a kernel that lets it make network namespaces"))
  func wake() throws {
    let scratch = try ScratchFolder()
    let networks = try Networks(["waker", "sleeper"], scratch: scratch)
    try networks.addCard("eth1", to: "sleeper")
    let cards = [
      try networks.macAddress(of: "eth0", on: "sleeper"), try networks.macAddress(of: "eth1", on: "sleeper"),
    ]

    let settings = scratch.file("server.json")
    try #"{"cgru_config": {"af_enroll": "open", "af_render_zombie_time": 3, "af_render_heartbeat_sec": 1}}"#
      .write(toFile: settings, atomically: true, encoding: .utf8)
    try TestPasswords.give(to: "server", in: scratch)
    let passwordFile = try TestPasswords.file(of: TestPasswords.superUser, in: scratch)
    let server = try networks.start(
      "reeve-server", ["--listen", "\(Networks.bridgeAddress):0", "--state", scratch.file("server"), "--config", settings],
      in: networks.bridge)
    let ready = try server.waitForLine("reeve-server: ready on ")
    let address = try #require(ready.split(separator: " ").first { $0.hasPrefix(Networks.bridgeAddress) }).filter { $0 != "," }

    // Falling asleep is to be gone, as far as others can see: the agent is killed by its own sleep command.
    let command = scratch.file("fall-asleep")
    let pidFile = scratch.file("sleeper.pid")
    try "#!/bin/sh\nkill -9 \"$(cat \(pidFile))\"\n".write(toFile: command, atomically: true, encoding: .utf8)
    chmod(command, 0o755)
    let renderSettings = scratch.file("render.json")
    try #"{"cgru_config": {"af_render_cmd_wolsleep": "\#(command)"}}"#
      .write(toFile: renderSettings, atomically: true, encoding: .utf8)

    func startRender(_ name: String) throws -> Program {
      let program = try networks.start(
        "reeve-render",
        ["--server", address, "--name", name, "--state", scratch.file("render-\(name)"), "--config", renderSettings],
        in: networks.space(of: name))
      try program.waitForLine("reeve-render: \(name) registered with")
      if name == "sleeper" { try "\(program.pid)".write(toFile: pidFile, atomically: true, encoding: .utf8) }
      return program
    }
    func reeve(_ arguments: String...) throws -> String {
      let program = try networks.start(
        "reeve", ["--server", address, "--super"] + arguments, in: networks.bridge,
        environment: ["REEVE_PASSWORD_FILE": passwordFile])
      let status = try program.wait()
      guard status == 0 else { throw NotObserved("reeve \(arguments): \(status): \(program.errors)\n\(server.errors)") }
      return program.output
    }
    /// Tokens of the sleeper's state.
    func state() throws -> Set<String> {
      let json = try JSONSerialization.jsonObject(with: Data(reeve("renders", "--json").utf8))
      let rows = (json as? [String: Any])?["renders"] as? [[String: Any]] ?? json as? [[String: Any]] ?? []
      let row = rows.first { $0["name"] as? String == "sleeper" }
      return Set((row?["state"] as? String ?? "").split(separator: " ").map(String.init))
    }
    func expect(_ token: String) throws {
      var seen: Set<String> = []
      try observe("the state \(token)", seen: { "\(seen.sorted())\n\(server.errors)" }) {
        seen = try state()
        return seen.contains(token)
      }
    }

    let waker = try startRender("waker")
    let sleeper = try startRender("sleeper")
    try expect("ONL")
    _ = try reeve("render-do", "sleep", "sleeper")
    #expect(try sleeper.wait() == 128 + SIGKILL)
    try expect("WSL")
    #expect(try !state().contains("ONL"))

    let capture = try networks.capture("eth0", on: "sleeper")
    _ = try reeve("render-do", "wake", "sleeper")
    try expect("WWK")
    // The listener in the card: it sees the packets of both cards, byte for byte, sent to everybody.
    var woken: Set<[UInt8]> = []
    try observe("a magic packet for each card", seen: { "seen for \(woken)\n\(server.errors)\n\(waker.errors)" }) {
      guard let frame = capture.next(), let packet = Packet(frame), packet.port == 9 else { return woken.count == cards.count }
      #expect(packet.destination == [UInt8](repeating: 0xFF, count: 6))
      #expect(packet.data.count == 102 && packet.data.prefix(6) == [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
      let card = Array(packet.data[6..<12])
      #expect(packet.data.dropFirst(6) == ArraySlice((0..<16).flatMap { _ in card }))
      woken.insert(card)
      return woken.count == cards.count
    }
    #expect(woken == Set(cards))

    let awake = try startRender("sleeper")
    try expect("ONL")
    let states = try state()
    #expect(states.isDisjoint(with: ["WFL", "WSL", "WWK"]))
    for program in [awake, waker, server] { program.signal(SIGKILL) }
    for pid in Self.processes(of: scratch) { kill(pid, SIGKILL) }
  }

  /// Keepers that outlive their agents.
  private static func processes(of scratch: ScratchFolder) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { pid in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), !bytes.isEmpty else { return false }
      let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
      return line.contains(scratch.path) && line.contains("keeper")
    }
  }
}
