import Foundation
import Testing
import TestSupport

@Suite("large numeric jobs") struct NumericJobTests {
  @Test("100,000 frames: accepted at once, and the server grows by less than 2 MB")
  func growth() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    // Once before, so that what the first submission of all brings into memory is not counted.
    try farm.mustReeve(["run", "--paused", "--frames", "1-100000", "--", "true"])
    let before = farm.server.residentBytes
    try farm.mustReeve(["run", "--paused", "--frames", "1-100000", "--", "true"])
    let growth = farm.server.residentBytes - before
    #expect(growth < 2 << 20, "grew by \(growth) bytes")
  }

  @Test("a job that names no priority gets the one of the settings")
  func priority() throws {
    let farm = try TestFarm(scratch: ScratchFolder(), environment: ["REEVE_AF_PRIORITY": "42"])
    let id = try farm.mustReeve(["run", "--paused", "--", "true"])
    #expect(try farm.mustReeve(["job", id, "--json"]).contains("\"priority\": 42"))
  }
}
