import CNCurses
import Files
import Glibc
import Model

/// The person's pager, for as long as it runs the owner of the terminal.
enum Pager {
  /// Shows a text. Returns what kept it from being shown.
  @UI
  static func show(_ bytes: [UInt8]) -> Failure? {
    let environment = Places.environment()
    let wanted = environment["PAGER"].flatMap { $0.isEmpty ? nil : $0 }
    var path = Array("\(environment["TMPDIR"] ?? "/tmp")/reeve-output-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { return Failure(.failed, "no file for the pager: \(String(cString: strerror(errno)))") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let file = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      close(descriptor)
      unlink(file)
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return Failure(.failed, "the file for the pager, \(file): \(String(cString: strerror(errno)))") }
      rest = rest.dropFirst(count)
    }
    // By the shell, for a pager may be given with its options: `less -S`.
    let line = wanted.map { "exec \($0) \"$0\"" } ?? "command -v less >/dev/null && exec less \"$0\"; exec more \"$0\""
    let status = Terminal.lend(to: ["/bin/sh", "-c", line, file])
    guard status == 127 || status == 126 else { return nil }
    return Failure(.failed, "the pager “\(wanted ?? "less")” cannot be started (PAGER names it)")
  }
}

/// Gives the terminal to another program until that ends.
enum Terminal {
  /// - Parameter words: the program's path and its arguments.
  /// - Returns: its exit status; 128 and the number of the signal that ended it; 127 when it could not be started.
  @UI
  static func lend(to words: [String]) -> Int32 {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    return cn_lend(&arguments)
  }
}
