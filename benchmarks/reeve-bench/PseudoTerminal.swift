import Glibc

/// A program in a terminal of its own whose output is counted, not drawn.
final class PseudoTerminal {
  /// Of ioctl(2), and of posix_spawn(3) (a session of its own, a mask of signals): macros that Swift does not see.
  private static let unlock: UInt = 0x4004_5431
  private static let number: UInt = 0x8004_5430
  private static let flags: Int16 = 0x80 | 0x08

  let pid: pid_t
  private let master: Int32
  /// Bytes that the program wrote.
  private(set) var bytes = 0
  /// What it wrote last, as far as a text that is looked for may still be in it.
  private var tail: [UInt8] = []

  init(_ name: String, _ arguments: [String], environment: [String], rows: UInt16 = 24, columns: UInt16 = 80) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var lock: Int32 = 0
    var number: UInt32 = 0
    guard master >= 0, ioctl(master, Self.unlock, &lock) == 0, ioctl(master, Self.number, &number) == 0 else {
      throw Measured.Fault(description: "no pseudo terminal: \(errno)")
    }
    let slave = "/dev/pts/\(number)"
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened by the leader of a new session, it becomes that one's terminal.
    posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads of Swift's pool hold all signals back: a program that they start would do so too.
    var none = sigset_t()
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Self.flags)
    let path = Measured.path(name)
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    let envp = (["TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"] + environment).map { strdup($0) } + [nil]
    defer { for case let text? in argv + envp { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, &actions, &attributes, argv, envp)
    guard code == 0 else { throw Measured.Fault(description: "\(path): \(String(cString: strerror(code)))") }
    self.pid = pid
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Reads what comes next: a frame, which the program sends in one piece.
  ///
  /// - Returns: bytes read; 0: nothing came in so many milliseconds.
  @discardableResult
  func frame(within milliseconds: Int32) -> Int {
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return 0 }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var all = 0
    repeat {
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { break }
      all += count
      bytes += count
      tail += buffer[..<count]
      if tail.count > 1 << 17 { tail.removeFirst(tail.count - 1 << 16) }
    } while poll(&descriptor, 1, 0) > 0
    return all
  }

  /// Reads until a text comes. Only for what is drawn whole: curses sends no letter that stands there already.
  func wait(for text: String, seconds: Double = 60) throws {
    let begin = now()
    let wanted = Array(text.utf8)
    while !tail.contains(sequence: wanted) {
      guard now() - begin < seconds else {
        throw Measured.Fault(
          description: "\"\(text)\" was not drawn within \(seconds) s; last: \(String(decoding: tail.suffix(2000), as: UTF8.self))")
      }
      frame(within: 100)
    }
    tail = []
  }

  /// Draws everything anew, and waits for a text in it.
  func repaint(until text: String) throws {
    tail = []
    type("\u{0C}")
    try wait(for: text)
  }

  /// Takes what comes for so long.
  func listen(seconds: Double) {
    let end = now() + seconds
    while now() < end { frame(within: Int32(max(1, (end - now()) * 1000))) }
  }

  func stop() {
    kill(pid, SIGTERM)
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 { frame(within: 20) }
    close(master)
  }
}

extension [UInt8] {
  fileprivate func contains(sequence: [UInt8]) -> Bool {
    guard let first = sequence.first, count >= sequence.count else { return sequence.isEmpty }
    return (0...(count - sequence.count)).contains { at in
      self[at] == first && sequence.indices.allSatisfy { self[at + $0] == sequence[$0] }
    }
  }
}
