import ArgumentParser
import Files
import FoundationEssentials
import Glibc
import Model
import NIOCore
import Text
import Wire

struct RestoreCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Puts a backup in the place of all that the server keeps. Asks first.",
    discussion: """
      The server looks whether the backup is whole, ends as for SIGTERM and starts anew with it; what it kept before is set aside \
      beside its store, and never deleted. Renders reconnect by themselves: what they run and the backup knows goes on, the rest is \
      stopped. Give it on the server's own machine; 'reeve-server --restore' does the same for a server that does not run.
      """)

  @Argument(help: "A file that 'reeve backup' wrote.", completion: .file())
  var file: String

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { true }
  var inside: String? { "it is for a shell: the server starts anew with what was kept" }

  func perform(_ call: Call) async throws -> Int32 {
    let checked = try CheckedBackup(file)
    try Confirmation.requireTerminal(yes: yes, call)
    let restored = try await Farm.with(call) { farm in
      let plan = try await farm.beginRestore(checked.size)
      let question = BackupPresentation.question(checked, plan, server: farm.connection.welcome.serverName, call)
      if !yes, try !Confirmation.ask(question, call) {
        throw Failure(.failed, "nothing was restored")
      }
      let restored = try await farm.restore(checked, call)
      // The connection ends with the server that was.
      for await event in farm.events { if case .closed = event { break } }
      return restored
    }
    try await Self.awaitServer(call)
    if call.wantsJSON {
      call.show(.object(["restored": .object(BackupPresentation.json(restored))]))
    } else {
      call.show(["restored \(file): \(Format.count(restored.jobs, "job"))"])
    }
    return 0
  }

  /// So long may a server take to end and to begin anew.
  private static let patience = Duration.seconds(120)

  private static func awaitServer(_ call: Call) async throws {
    let giveUp = ContinuousClock.now + patience
    while true {
      do { return await (try await Farm.connect(call)).connection.close() } catch let failure as Failure {
        guard ContinuousClock.now < giveUp else {
          throw Failure(.timedOut, "the server took the backup and is not back: \(failure.message) (see its log)")
        }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }
}

extension Farm {
  fileprivate func beginRestore(_ size: Int) async throws -> WireRestorePlan {
    var begin = WireRestoreBegin()
    begin.size = UInt64(size)
    guard case .restorePlan(let plan) = try await connection.request(.restoreBegin(begin)) else { throw Failure.unexpectedAnswer }
    return plan
  }

  fileprivate func restore(_ backup: CheckedBackup, _ call: Call) async throws -> WireRestored {
    let progress = ByteProgress(call, "restore", of: backup.size)
    var at = 0
    try await backup.forEachPortion { portion in
      var part = WireRestorePart()
      part.offset = UInt64(at)
      part.data = .init(portion)
      guard case .restoreTaken(let taken) = try await connection.request(.restorePart(part), timeout: .minutes(10)) else {
        throw Failure.unexpectedAnswer
      }
      at += portion.count
      guard taken.offset == UInt64(at) else { throw Failure.unexpectedAnswer }
      progress.show(at)
    }
    progress.end()
    let answer = try await connection.request(.restoreCommit(WireRestoreCommit()), timeout: .minutes(60))
    guard case .restored(let restored) = answer else { throw Failure.unexpectedAnswer }
    return restored
  }
}
