import ArgumentParser
import Model
import NIOCore
import Text
import Wire

struct BackupCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Writes all that the server keeps into a file, while it goes on working.",
    discussion: """
      The file has the farm as it was at one moment: jobs, tasks, renders, users, pools, branches, the journal and the events; not \
      the output of tasks, and not the server's identity. Give it on the server's own machine; 'reeve restore' takes the file.
      """)

  @Argument(help: "The file that is written when the backup is whole; - is standard output.", completion: .file())
  var file: String

  @OptionGroup var global: GlobalOptions

  var inside: String? { "it is for a shell: a backup goes into a file" }

  func perform(_ call: Call) async throws -> Int32 {
    let output = try BackupFile(file)
    let end: WireArchiveEnd
    do {
      end = try await Farm.with(call) { farm in try await farm.backup(call, into: output) }
      try output.finish()
    } catch {
      output.discard()
      throw error
    }
    if file == "-" { return 0 }
    if call.wantsJSON {
      call.show(.object(BackupPresentation.json(file: file, bytes: output.bytes, end)))
    } else {
      call.show(["\(file): \(BackupPresentation.line(bytes: output.bytes, end))"])
    }
    return 0
  }
}

extension Farm {
  /// Asks for portion after portion, and looks whether what came is whole.
  fileprivate func backup(_ call: Call, into output: BackupFile) async throws -> WireArchiveEnd {
    var reader = ArchiveReader()
    var check = BackupCheck()
    let progress = ByteProgress(call, "backup")
    var request = WireBackup()
    while true {
      guard case .backup(let portion) = try await connection.request(.backup(request), timeout: .minutes(10)) else {
        throw Failure.unexpectedAnswer
      }
      try output.write([UInt8](portion.data))
      do {
        reader.append(portion.data)
        while let record = try reader.next() { try check.take(record) }
        if portion.end {
          try reader.finish()
          try check.finish(at: reader.offset)
        }
      } catch { throw Failure(.failed, "the backup arrived damaged: \(error)") }
      progress.show(output.bytes)
      if portion.end { break }
      request.portion += 1
    }
    progress.end()
    return check.end ?? WireArchiveEnd()
  }
}
