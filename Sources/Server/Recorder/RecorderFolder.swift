import Files
import Glibc

/// The segments of a recording: `00000001.reeve`, `00000002.reeve`…
struct RecorderFolder {
  let path: String

  struct Entry {
    let number: UInt64
    let path: String
    let bytes: Int
  }

  /// The oldest first. Files of other names are left alone.
  func entries() -> [Entry] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var entries: [Entry] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".reeve"), let number = UInt64(name.dropLast(6)) else { continue }
      let path = "\(self.path)/\(name)"
      let file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { continue }
      let bytes = lseek(file, 0, SEEK_END)
      Glibc.close(file)
      if bytes >= 0 { entries.append(Entry(number: number, path: path, bytes: Int(bytes))) }
    }
    return entries.sorted { $0.number < $1.number }
  }

  func path(of number: UInt64) -> String {
    let digits = String(number)
    return "\(path)/\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).reeve"
  }

  /// Free where it lies, in bytes; 0: nobody knows.
  var room: Int {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return 0 }
    return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }
}
