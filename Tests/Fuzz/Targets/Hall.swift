import Logging
import NIOCore
import NIOSSL

@testable import Server

extension Hall {
  /// Of a server without a listener and a farm: its mailbox is emptied by who looks into it.
  static let forFuzzing: Hall = {
    var limits = SessionLimits()
    // All on the one thread that there is.
    limits.smallDocument = .max
    let clock = FarmClock()
    do {
      let address = StoreAddress.sqlite(path: Scratch.folder + "/hall.sqlite")
      // Archives are refused to a peer without an address: nothing is made of this one.
      let archives = Archives(
        commits: CommitQueue(store: try address.open(), news: { _ in }, removeOutput: { _ in }), address: address, serverID: "id",
        serverName: "server", clock: clock, restored: { _ in })
      return Hall(
        mailbox: Mailbox(bound: 1 << 20), outputs: try OutputFiles(folder: Scratch.folder + "/outputs", log: silence),
        tls: try NIOSSLContext(configuration: .makeClientConfiguration()), limits: limits,
        admission: Admission(limits: Admission.Limits(), log: silence), log: silence, serverID: "id",
        serverName: "server", clock: clock, renderTimes: RenderTimes(heartbeat: 4, resources: 10, zombie: 16), priority: 99,
        isOpen: true, archives: archives, passwords: PasswordDesk(Passwords(), log: silence))
    } catch { fatalError("\(error)") }
  }()

  private static let silence = Logger(label: "reeve.fuzz") { _ in SwiftLogNoOpLogHandler() }
}
