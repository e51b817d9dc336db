import Files
import Glibc
import Model

/// Puts a new store file in the place of another, which is set aside and not deleted. A crash at any moment leaves one of the two in
/// place, whole: what is to be done stands in a file beside them, and is done to its end before the store is opened.
struct StoreSwap {
  /// Of the store in use.
  let path: String
  /// The new file, closed and without a log of its own.
  var new: String { path + ".new" }
  private var order: String { path + ".swap" }
  /// What SQLite keeps beside a file; it belongs to the old one and must not meet the new one.
  private static let companions = ["-wal", "-shm", ""]

  /// - Parameter aside: where the old file goes.
  /// - Throws: `FileError`; then nothing has happened.
  func begin(aside: String) throws(FileError) {
    guard access(new, F_OK) == 0 else { throw FileError("find", new) }
    try AtomicFile.write(Array(aside.utf8), to: order, mode: 0o600)
  }

  /// Does what was begun; nothing otherwise.
  ///
  /// - Throws: `FileError`.
  func finish() throws(FileError) {
    guard let bytes = try AtomicFile.read(order, limit: 4096) else { return }
    let aside = String(decoding: bytes, as: UTF8.self)
    // As long as the new file is under its own name, what lies in its place is the old one.
    if access(new, F_OK) == 0 {
      for companion in Self.companions where access(path + companion, F_OK) == 0 {
        guard rename(path + companion, aside + companion) == 0 else { throw FileError("set aside", path + companion) }
      }
      AtomicFile.syncFolder(of: path)
      guard rename(new, path) == 0 else { throw FileError("replace", path) }
      AtomicFile.syncFolder(of: path)
    }
    unlink(order)
    AtomicFile.syncFolder(of: path)
  }

  /// `reeve.sqlite.damaged-20261122T031500Z`, with a number behind it when there is one already.
  func aside(_ why: String) -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let day = "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
    let name = "\(path).\(why)-\(day)T\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    return (0..<1000).lazy.map { $0 == 0 ? name : "\(name).\($0)" }.first { access($0, F_OK) != 0 } ?? name
  }
}
