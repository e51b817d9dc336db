import Glibc

/// Tells when a file was written or replaced: its descriptor becomes readable. Nothing is looked at meanwhile, so an idle console
/// stays idle.
///
/// The folder is watched, not the file: editors write a new file and rename it.
@UI
final class FileWatch {
  /// -1: nothing is watched.
  let descriptor: Int32
  private let name: String

  /// - Parameter path: where there is no such folder nothing is ever told.
  init(path: String) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let opened = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    if opened >= 0, inotify_add_watch(opened, folder.isEmpty ? "/" : folder, UInt32(IN_CLOSE_WRITE | IN_MOVED_TO)) < 0 {
      close(opened)
      descriptor = -1
    } else {
      descriptor = opened
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Takes what was told. Whether any of it was about the file.
  func take() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var isNamed = false
    while descriptor >= 0 {
      let count = read(descriptor, &bytes, bytes.count)
      if count <= 0 { break }
      var at = 0
      // struct inotify_event: wd, mask, cookie, len (4 bytes each), then the name, filled up with zeros.
      while at + 16 <= count {
        let length = (0..<4).reduce(0) { $0 | Int(bytes[at + 12 + $1]) << (8 * $1) }
        let end = min(count, at + 16 + length)
        if String(decoding: bytes[(at + 16)..<end].prefix { $0 != 0 }, as: UTF8.self) == name { isNamed = true }
        at = at + 16 + length
      }
    }
    return isNamed
  }
}
