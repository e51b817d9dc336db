import Files
import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import TestSupport
import Wire

@Suite("identity") struct IdentityTests {
  @Test("is made once, kept, and private to its owner")
  func kept() throws {
    let scratch = try ScratchFolder()
    let first = try ServerIdentity.loadOrCreate(directory: scratch.path)
    let second = try ServerIdentity.loadOrCreate(directory: scratch.path)
    #expect(first.serverID == second.serverID && first.fingerprint == second.fingerprint && first.chainPEM == second.chainPEM)
    for name in ["authority-key.pem", "server-key.pem"] {
      var status = stat()
      #expect(stat(scratch.file("identity/\(name)"), &status) == 0)
      #expect(status.st_mode & 0o077 == 0, "\(name)")
    }
  }

  @Test("a certificate near its end is renewed under the same authority")
  func renewed() throws {
    let scratch = try ScratchFolder()
    let first = try ServerIdentity.loadOrCreate(directory: scratch.path)
    let later = try ServerIdentity.loadOrCreate(directory: scratch.path, now: Date() + 4.5 * 365 * 86_400)
    #expect(first.fingerprint == later.fingerprint && first.chainPEM != later.chainPEM)
  }

  @Test("a damaged one is an error that names the file, never a new identity")
  func damaged() throws {
    let scratch = try ScratchFolder()
    _ = try ServerIdentity.loadOrCreate(directory: scratch.path)
    try scratch.write("nonsense", to: "identity/authority.pem")
    #expect { try ServerIdentity.loadOrCreate(directory: scratch.path) } throws: { "\($0)".contains("identity/authority.pem") }
  }

  @Test("known servers: new, then known, then changed")
  func pinned() throws {
    let scratch = try ScratchFolder()
    let known = KnownServers(path: scratch.file("a/b/known_servers"))
    let one = Fingerprint(ofDER: [1])
    let two = Fingerprint(ofDER: [2])
    #expect(try known.verdict(on: one, for: "farm:1") == .new)
    try known.record(one, for: "farm:1")
    try known.record(two, for: "farm:2")
    #expect(try known.verdict(on: one, for: "farm:1") == .known)
    #expect(try known.verdict(on: two, for: "farm:1") == .changed(known: one))
    try known.record(two, for: "farm:1")
    #expect(try known.verdict(on: two, for: "farm:1") == .known)
  }

  @Test("another server behind a known address is refused with both fingerprints; nobody there is said plainly")
  func changedServer() async throws {
    let scratch = try ScratchFolder()
    let identity = try ServerIdentity.loadOrCreate(directory: scratch.file("one"))
    let context = try TLSContext.server(identity)
    let group = MultiThreadedEventLoopGroup.singleton
    let server = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let address = ServerAddress(host: "127.0.0.1", port: port)
    let known = KnownServers(path: scratch.file("known"))
    let other = Fingerprint(ofDER: [9])
    try known.record(other, for: "\(address)")
    await #expect {
      _ = try await ServerConnection.connect(to: address, kind: .command, user: "u", host: "h", knownServers: known, group: group)
    } throws: { error in
      let text = "\(error)"
      return (error as? Failure)?.code == .notPermitted && text.contains("\(other)") && text.contains("\(identity.fingerprint)")
    }
    try await server.close()
    await #expect {
      _ = try await ServerConnection.connect(to: address, kind: .command, user: "u", host: "h", knownServers: known, group: group)
    } throws: { ($0 as? Failure)?.code == .unreachable && "\($0)".contains("\(address)") }
  }
}
