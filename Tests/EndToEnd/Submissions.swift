import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import TestSupport
import Wire

extension TestFarm {
  /// Submits many jobs over one connection: a program for each would take minutes.
  func submitAll(_ documents: [String]) async throws {
    let connection = try await ServerConnection.connect(
      to: ServerAddress(host: "127.0.0.1", port: port), kind: .command, user: "ann", host: "desk",
      knownServers: KnownServers(path: scratch.file("known")), group: MultiThreadedEventLoopGroup.singleton, timeout: .minutes(3))
    for document in documents {
      var submit = WireSubmitJob()
      submit.document = .init(document.utf8)
      _ = try await connection.request(.submit(submit), timeout: .minutes(3))
    }
    await connection.close()
  }
}
