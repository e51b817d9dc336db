import Glibc

/// A folder for targets that read files: of memory where there is any.
enum Scratch {
  static let folder: String = {
    if let given = getenv("REEVE_FUZZ_SCRATCH") { return String(cString: given) }
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/reeve-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no folder can be made in \(parent)") }
    atexit { Scratch.remove(Scratch.folder) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// Writes the bytes to a file of that name and gives its path.
  static func file(_ name: String, _ bytes: [UInt8]) -> String {
    let path = "\(folder)/\(name)"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { fatalError("\(path) cannot be written") }
    defer { close(file) }
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { fatalError("\(path) cannot be written") }
      at += count
    }
    return path
  }

  /// Files directly in it, and those of folders in it.
  static func remove(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      if unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
  }
}
