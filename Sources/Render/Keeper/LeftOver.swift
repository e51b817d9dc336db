import Files
import Glibc

/// Processes of tasks whose keeper was killed: the kernel took the tasks themselves, not what those had started.
enum LeftOver {
  /// Sends SIGKILL to every process of this user that has the given entry in its environment, except the caller.
  static func end(mark: String) {
    guard let folder = opendir("/proc") else { return }
    defer { closedir(folder) }
    let mark = Array(mark.utf8)
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let pid = Int32(name), pid > 1, pid != getpid() else { continue }
      guard let environment = try? AtomicFile.read("/proc/\(pid)/environ", limit: 4 << 20) else { continue }
      if environment.split(separator: 0).contains(where: { $0.elementsEqual(mark) }) { kill(pid, SIGKILL) }
    }
  }
}
