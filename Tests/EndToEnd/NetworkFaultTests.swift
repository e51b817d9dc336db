import Foundation
import TestSupport
import Testing

@Suite(
  "networks that fail", .serialized,
  .enabled(if: Networks.arePossible, "needs root, and a kernel that lets it make network namespaces"))
struct NetworkFaultTests {
  /// A server on the bridge and two renders, each behind a relay.
  private final class Site {
    let scratch: ScratchFolder
    let networks: Networks
    let server: Program
    let address: String
    let folder: String
    private var renders: [Program] = []

    init() throws {
      scratch = try ScratchFolder()
      folder = try scratch.folder("work")
      networks = try Networks(["r1", "r2"], scratch: scratch, relaySeed: 1)
      let settings = scratch.file("server.json")
      try """
      {"cgru_config": {"af_enroll": "open", "af_render_heartbeat_sec": 1, "af_render_zombie_time": 3,
        "af_task_reconnect_timeout": 3600}}
      """.write(toFile: settings, atomically: true, encoding: .utf8)
      server = try networks.start(
        "reeve-server", ["--listen", "\(Networks.bridgeAddress):0", "--state", scratch.file("server"), "--config", settings],
        in: networks.bridge)
      let ready = try server.waitForLine("reeve-server: ready on ")
      address = (ready.split(separator: " ").first { $0.hasPrefix(Networks.bridgeAddress) } ?? "").filter { $0 != "," }
    }

    deinit {
      for program in renders + [server] { program.signal(SIGKILL) }
      for pid in keepers { kill(pid, SIGKILL) }
    }

    private var keepers: [pid_t] {
      let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return all.compactMap { pid_t($0) }.filter { pid in
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), !bytes.isEmpty else { return false }
        let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
        return line.contains(scratch.path) && line.contains("keeper")
      }
    }

    func startRender(_ name: String) throws {
      let program = try networks.start(
        "reeve-render", ["--server", address, "--name", name, "--state", scratch.file("render-\(name)")],
        in: networks.space(of: name))
      renders.append(program)
      try program.waitForLine("reeve-render: \(name) registered with")
    }

    func reeve(_ arguments: [String], limit: Double = 300) throws -> String {
      let program = try networks.start("reeve", ["--server", address] + arguments, in: networks.bridge)
      let status = try program.wait(limit: limit)
      guard status == 0 else { throw NotObserved("reeve \(arguments): \(status): \(program.errors)\n\(server.errors)") }
      return program.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func isOnline(_ render: String) throws -> Bool {
      let json = try JSONSerialization.jsonObject(with: Data(reeve(["renders", "--json"]).utf8))
      let rows = (json as? [String: Any])?["renders"] as? [[String: Any]] ?? json as? [[String: Any]] ?? []
      let row = rows.first { $0["name"] as? String == render }
      return (row?["state"] as? String ?? "").split(separator: " ").contains("ONL")
    }

    func lines(_ name: String) -> [String] {
      (scratch.read("work/\(name)") ?? "").split(separator: "\n").map(String.init)
    }
  }

  @Test("with 5 % of the frames lost, all of them late, some doubled and some out of order, a job ends, each frame done once")
  func bad() throws {
    let site = try Site()
    for relay in site.networks.relays.values {
      relay.set {
        $0.lost = 5
        $0.doubled = 2
        $0.reordered = 5
        $0.delayMilliseconds = 100
      }
    }
    for name in ["r1", "r2"] { try site.startRender(name) }
    let id = try site.reeve([
      "run", "--name", "bad line", "--frames", "1-30", "--", "echo once >> \(site.folder)/frame.@#@; echo a line of output",
    ])
    _ = try site.reeve(["wait", id, "--timeout", "600"], limit: 660)
    for frame in 1...30 { #expect(site.lines("frame.\(frame)") == ["once"], "frame \(frame)") }
  }

  @Test(
    "a partition that is shorter than renders are awaited: what runs goes on, and is done once",
    arguments: [(true, true), (true, false), (false, true)])
  func partition(isCutToBridge: Bool, isCutToHost: Bool) throws {
    let site = try Site()
    try site.startRender("r1")
    let id = try site.reeve([
      "run", "--name", "cut off", "--",
      "echo begun >> \(site.folder)/log; while ! test -e \(site.folder)/gate; do sleep 0.05; done; echo ended >> \(site.folder)/log",
    ])
    try observe("the task's begin") { site.lines("log") == ["begun"] }
    try site.startRender("r2")
    let relay = try #require(site.networks.relays["r1"])
    relay.set {
      $0.isCutToBridge = isCutToBridge
      $0.isCutToHost = isCutToHost
    }
    try observe("r1 offline", seen: { site.server.errors }) { try !site.isOnline("r1") }
    try observe("the task waiting for it", seen: { site.server.errors }) { try site.reeve(["tasks", id]).contains("WRC") }
    // It ends while nobody can be told.
    try site.scratch.write("", to: "work/gate")
    try observe("the task's end") { site.lines("log") == ["begun", "ended"] }
    relay.set {
      $0.isCutToBridge = false
      $0.isCutToHost = false
    }
    try observe("r1 online", limit: 600, seen: { site.server.errors }) { try site.isOnline("r1") }
    _ = try site.reeve(["wait", id, "--timeout", "600"], limit: 660)
    #expect(site.lines("log") == ["begun", "ended"])
    #expect(try !site.reeve(["tasks", id]).contains("r2"))
  }
}
