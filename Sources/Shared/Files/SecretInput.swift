import Glibc

/// Passwords as they come in: typed at the terminal without being shown, or as the first line of a private file or a pipe. Never from
/// a command line, which everybody on the machine can read.
public enum SecretInput {
  public struct Refused: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
  }

  /// In bytes.
  public static let limit = 1024

  /// Asks on the terminal of this process, whatever its standard input is. Neither the password nor its length is shown.
  ///
  /// - Throws: `Refused` when there is no terminal, or the person gave up (^C, ^D).
  public static func ask(_ prompt: String) throws(Refused) -> [UInt8] {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { throw Refused("a password is asked for, and there is no terminal to ask on") }
    defer { close(terminal) }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { throw Refused("a password is asked for, and the terminal does not answer") }
    var quiet = before
    // Byte by byte, and ^C as a byte: the terminal is as it was whatever is typed.
    quiet.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG)
    quiet.c_iflag |= tcflag_t(ICRNL)
    guard tcsetattr(terminal, TCSAFLUSH, &quiet) == 0 else {
      throw Refused("a password is asked for, and the terminal would show it")
    }
    say(prompt, terminal)
    defer {
      say("\n", terminal)
      tcsetattr(terminal, TCSAFLUSH, &before)
    }
    var typed: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      let count = read(terminal, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { throw Refused("the terminal is gone") }
      switch byte {
      case 0x0a, 0x0d: return typed
      case 0x03, 0x1c: throw Refused("no password was given")
      case 0x04: if typed.isEmpty { throw Refused("no password was given") } else { return typed }
      case 0x15: typed = []
      case 0x08, 0x7f:
        // A letter may be several bytes.
        while let last = typed.popLast(), last & 0xc0 == 0x80 {}
      default: if typed.count < limit { typed.append(byte) }
      }
    }
  }

  private static func say(_ text: String, _ terminal: Int32) {
    let bytes = Array(text.utf8)
    _ = write(terminal, bytes, bytes.count)
  }

  /// The first line of a file that nobody but its owner can read.
  ///
  /// - Throws: `Refused`, with the remedy.
  public static func line(ofPrivateFile path: String) throws(Refused) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw Refused("cannot read \(path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw Refused("\(path) is no file") }
    guard status.st_uid == geteuid() || status.st_uid == 0 else { throw Refused("\(path) belongs to somebody else") }
    guard status.st_mode & 0o077 == 0 else { throw Refused("\(path) can be read by others (chmod 600 \(path))") }
    return try line(of: file, limit: limit)
  }

  /// Up to the first line feed, or the end.
  public static func line(of file: Int32, limit: Int) throws(Refused) -> [UInt8] {
    var line: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      let count = read(file, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Refused("the password cannot be read: \(String(cString: strerror(errno)))") }
      if count == 0 || byte == 0x0a { break }
      guard line.count <= limit else { throw Refused("the password is longer than \(limit) bytes") }
      line.append(byte)
    }
    if line.last == 0x0d { line.removeLast() }
    if line.isEmpty { throw Refused("there is no password in it") }
    return line
  }
}
