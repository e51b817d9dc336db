import Foundation
import TestSupport
import Testing

@Suite("reeve-server --simulate") struct SimulateTests {
  @Test("a farm runs, says how it went, and leaves no file behind; the same seed says the same")
  func runs() throws {
    let scratch = try ScratchFolder()
    func steps() throws -> String {
      let server = try Program("reeve-server", ["--simulate", "--seed", "3", "--hours", "0.1"], scratch: scratch)
      #expect(try server.wait() == 0, "\(server.output)")
      #expect(server.output.hasPrefix("1 farm of 0.1 simulated hours with"))
      return String(server.output.prefix { $0 != ";" })
        + (server.output.split(separator: ",").first { $0.contains("commands") } ?? "")
    }
    #expect(try steps() == steps())
    #expect(!FileManager.default.fileExists(atPath: scratch.file("state")))
  }

  @Test(
    "what makes no sense is said",
    arguments: [
      ["--simulate", "--seeds", "9-3"], ["--simulate", "--hours", "0"], ["--simulate", "--faults", "1"], ["--seed", "1"],
      ["--simulate", "--seed", "1", "--seeds", "1-2"], ["--simulate", "--seed", "1", "--faults", "a"],
    ])
  func usage(arguments: [String]) throws {
    let scratch = try ScratchFolder()
    let server = try Program("reeve-server", arguments, scratch: scratch)
    #expect(try server.wait() == 2)
    #expect(server.output.isEmpty)
    #expect(server.errors.contains("--"))
    withExtendedLifetime(scratch) {}
  }
}
