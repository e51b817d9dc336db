import Files
import Glibc
import Identity
import Model
import Scheduler
import Text
import Wire

/// `reeve-server --restore FILE`: a backup takes the place of the store of a server that does not run.
enum OfflineRestore {
  /// - Returns: what was done, in lines.
  /// - Throws: what is in the way; the store is as it was then.
  static func run(_ file: String, _ options: ServerOptions) throws -> [String] {
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("read", file) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    try AtomicFile.makeFolder(options.state)
    let lock: FileLock
    do { lock = try FileLock(options.state + "/lock") } catch let taken as FileLock.Taken {
      throw AlreadyRunning(state: options.state, pid: taken.pid)
    }
    defer { withExtendedLifetime(lock) {} }
    let replacement = options.store.replacement
    let wasThere = access(replacement.path, F_OK) == 0
    let taking = try BackupTaking(replacement)
    let end: WireArchiveEnd
    do { end = try read(descriptor, file, taking) } catch {
      taking.discard()
      throw error
    }
    let aside = try replacement.arm()
    // Whoever opens it next finds the new one in place.
    let store = try options.store.open()
    try store.close()
    let what = [
      Format.count(end.jobs, "job"), Format.count(end.tasks, "task with a history", plural: "tasks with a history"),
      Format.count(end.renders, "render"), Format.count(end.users, "user"),
    ]
    var lines = ["restored \(file == "-" ? "standard input" : file): \(what.joined(separator: ", "))"]
    if wasThere { lines.append("the store that was there is kept as \(aside)") }
    return lines
  }

  private static func read(_ descriptor: Int32, _ file: String, _ taking: BackupTaking) throws -> WireArchiveEnd {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError("read", file) }
      do {
        if count == 0 { return try taking.finish() }
        try taking.append(buffer[..<count])
      } catch let fault as ArchiveFault { throw Failure(.failed, "\(file) is no whole backup: \(fault)") }
    }
  }
}
