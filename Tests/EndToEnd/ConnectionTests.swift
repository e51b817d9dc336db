import Foundation
import TestSupport
import Testing

/// Many clients of one server, as the system sees their sockets. They are a process of their own, which counts as `ss` does;
/// `REEVE_CONNECTIONS`, `REEVE_VISITS` (in a second) and `REEVE_SECONDS` in the environment make them more.
@Suite("many connections") struct ConnectionTests {
  private static func count(_ name: String, _ fallback: String) -> String {
    ProcessInfo.processInfo.environment[name] ?? fallback
  }

  @Test("hundreds stay while others come and go: no fault, and no socket in TIME-WAIT at the server's port")
  func churn() throws {
    let scratch = try ScratchFolder()
    let stay = Self.count("REEVE_CONNECTIONS", "300")
    let bench = try Program(
      "reeve-bench",
      [
        "connections", "--connections", stay, "--visits", Self.count("REEVE_VISITS", "40"), "--seconds",
        Self.count("REEVE_SECONDS", "5"), "--bare-seconds", "1",
      ], scratch: scratch,
      // A machine that runs all tests at once may keep a sign of life for longer than a farm should.
      environment: ["REEVE_AF_RENDER_ZOMBIE_TIME": "3600"])
    #expect(try bench.wait(limit: 900) == 0, "\(bench.output)\n\(bench.errors)")
    #expect(bench.output.contains("\(stay) established at the end"), "\(bench.output)")
    #expect(bench.output.contains(" 0 faults"), "\(bench.output)")
    #expect(bench.output.contains(" 0 sockets (target 0)"), "\(bench.output)")
  }
}
