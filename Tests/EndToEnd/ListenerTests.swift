import Foundation
import Testing
import TestSupport

@Suite("what comes to the port") struct ListenerTests {
  /// Sends bytes on a plain connection and returns what comes back until the server closes.
  private func talk(_ farm: TestFarm, _ bytes: [UInt8], limit: Int32 = 300_000) throws -> String {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(fd) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(farm.port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    try #require(connected == 0)
    _ = bytes.withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      var ready = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, limit) > 0 else { throw NotObserved("the server neither answers nor closes") }
      let count = recv(fd, &buffer, buffer.count, 0)
      if count <= 0 { return String(decoding: all, as: UTF8.self) }
      all += buffer[..<count]
    }
  }

  @Test("Afanasy's protocol and HTTP are refused with a clear answer, garbage is closed, and the farm goes on")
  func firstBytes() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    #expect(try talk(farm, Array("AFANASY 2 JSON{}".utf8)).contains("error"))
    #expect(try talk(farm, Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)).hasPrefix("HTTP/1.1 501"))
    #expect(try talk(farm, [0xFF, 0x00, 0x12, 0x99]).isEmpty)
    #expect(try talk(farm, [0x16, 0x03, 0x01, 0x00]).isEmpty)
    #expect(try farm.mustReeve(["jobs", "--json"]).contains("jobs"))
    #expect(farm.server.exitStatus == nil)
  }

  @Test("no server: exit 3 with the address and a way out")
  func noServer() throws {
    let scratch = try ScratchFolder()
    let reeve = try Program("reeve", ["--server", "127.0.0.1:1", "jobs"], scratch: scratch)
    #expect(try reeve.wait() == 3)
    #expect(reeve.errors.contains("127.0.0.1:1"))
  }
}
