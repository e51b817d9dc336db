import Glibc
import Model

/// How much memory the processes of tasks have. Reads one small file a process of the machine.
enum TaskMemory {
  /// - Parameters:
  ///   - leaders: of the tasks' process groups, which are also sessions.
  ///   - root: where `/proc` is.
  /// - Returns: resident memory in MB by leader, rounded up; shared pages count for each process that has them. A group that is gone
  ///   is left out.
  static func measure(_ leaders: Set<Int32>, root: String = "") -> [Int32: Int64] {
    guard !leaders.isEmpty, let folder = opendir("\(root)/proc") else { return [:] }
    defer { closedir(folder) }
    let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
    var bytes: [Int32: Int64] = [:]
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard Int32(name) != nil, let process = process("\(root)/proc/\(name)/stat") else { continue }
      // A shell with job control gives its children groups of their own: they are of its session still.
      guard let leader = [process.group, process.session].first(where: leaders.contains) else { continue }
      bytes[leader, default: 0] += process.pages * page
    }
    return bytes.mapValues { ($0 + 1 << 20 - 1) >> 20 }
  }

  /// `PID (name, which may hold anything) state ppid pgrp session …`; the 24th is the number of resident pages.
  private static func process(_ path: String) -> (group: Int32, session: Int32, pages: Int64)? {
    guard let line = ProcFile.lines(path)?.first, let end = line.lastIndex(of: ")") else { return nil }
    let words = ProcFile.words(line[line.index(after: end)...])
    guard words.count > 21, let group = Int32(words[2]), let session = Int32(words[3]), let pages = Int64(words[21]) else {
      return nil
    }
    return (group, session, pages)
  }
}
