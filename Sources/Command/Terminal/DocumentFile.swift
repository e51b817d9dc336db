import Glibc
import Model

/// A document that the user names: a file, or standard input as `-`.
enum DocumentFile {
  /// - Throws: `Failure` when it cannot be read or is too long.
  static func read(_ file: String) throws(Failure) -> [UInt8] {
    let name = file == "-" ? "standard input" : file
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.failed, "cannot read \(name): \(String(cString: strerror(errno)))") }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var document: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.failed, "cannot read \(name): \(String(cString: strerror(errno)))") }
      if count == 0 { return document }
      document += buffer[..<count]
      guard document.count <= Limits.documentBytes else {
        throw Failure(.failed, "\(name) is longer than \(Limits.documentBytes >> 20) MiB (split the job into several)")
      }
    }
  }
}
