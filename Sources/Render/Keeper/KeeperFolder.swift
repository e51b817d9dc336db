import CPosix
import Files
import Glibc
import Model

/// Where agent and keeper keep their things, below the agent's state directory.
///
/// | name | what |
/// |---|---|
/// | `agent-id`, `agent.lock` | the agent's UUID; held while an agent runs |
/// | `keeper.sock`, `keeper.lock`, `keeper.log` | the keeper's socket, lock and few words |
/// | `runs/LEASE.exit` | how a run ended, until the server has acknowledged it |
/// | `runs/LEASE.head`, `runs/LEASE.tail` | its output: the first half that is kept, and a ring with the last half |
/// | `runs/LEASE.input` | its standard input, where it has any, until it is started |
/// | `runs/LEASE/` | its working directory, when its block names none |
/// | `trash/` | such directories of forgotten runs, until they are removed |
struct KeeperFolder: Hashable, Sendable {
  /// Absolute.
  let path: String

  init(_ path: String) { self.path = path }

  var agentID: String { "\(path)/agent-id" }
  var agentLock: String { "\(path)/agent.lock" }
  var keeperLock: String { "\(path)/keeper.lock" }
  var keeperLog: String { "\(path)/keeper.log" }
  var socketName: String { "keeper.sock" }
  var runs: String { "\(path)/runs" }
  var trash: String { "\(path)/trash" }
  func exit(_ lease: Lease) -> String { "\(path)/runs/\(lease).exit" }
  func head(_ lease: Lease) -> String { "\(path)/runs/\(lease).head" }
  func tail(_ lease: Lease) -> String { "\(path)/runs/\(lease).tail" }
  func input(_ lease: Lease) -> String { "\(path)/runs/\(lease).input" }
  func work(_ lease: Lease) -> String { "\(path)/runs/\(lease)" }

  /// Makes what is missing; the state directory and all below are for its owner alone.
  func make() throws(FileError) {
    try AtomicFile.makeFolder(path)
    if chmod(path, 0o700) != 0 { throw FileError("protect", path) }
    try AtomicFile.makeFolder(runs)
    try AtomicFile.makeFolder(trash)
  }

  /// Removes a run's files. A working directory that is not empty goes to the trash, which somebody with time empties.
  func remove(_ lease: Lease, hasOutput: Bool, hasWork: Bool) {
    unlink(exit(lease))
    if hasOutput {
      unlink(head(lease))
      unlink(tail(lease))
    }
    if hasWork, rmdir(work(lease)) != 0, errno != ENOENT { rename(work(lease), "\(trash)/\(lease).\(getpid())") }
  }

  /// What an earlier keeper left: the runs with a result, and those that ended unseen with that keeper and have output. What has
  /// neither is removed.
  func sweep() -> [(Lease, RunRecord)] {
    guard let folder = opendir(runs) else { return [] }
    defer { closedir(folder) }
    var leases: Set<UInt64> = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let number = UInt64(name.prefix { $0 != "." }) else { continue }
      leases.insert(number)
    }
    var found: [(Lease, RunRecord)] = []
    for number in leases.sorted() {
      let lease = Lease(number)
      unlink(input(lease))
      if let record = RunRecord.load(from: exit(lease)) ?? lostRecord(lease) {
        found.append((lease, record))
      } else {
        remove(lease, hasOutput: true, hasWork: true)
      }
    }
    return found
  }

  /// Of a run without a record: what its output tells. Where its agent knows the run no more the output is removed with the rest.
  private func lostRecord(_ lease: Lease) -> RunRecord? {
    var file = cposix_file()
    guard cposix_look(head(lease), &file) == 0, file.size > 0 else { return nil }
    var total = UInt64(file.size)
    // A ring that is full may have gone round: where it begins nobody knows, nor how much was cut.
    if cposix_look(tail(lease), &file) == 0 { total += UInt64(max(0, file.size)) }
    return RunRecord(ending: .lost, started: .never, ended: Instant(microseconds: file.modified), outputTotal: total)
  }
}
