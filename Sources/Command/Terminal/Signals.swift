import Glibc

/// What signals do to this program.
enum Signals {
  /// A server that goes away must be an error, not the end of the process.
  static func ignorePipe() { signal(SIGPIPE, SIG_IGN) }

  /// Ctrl-C under a progress bar: the shell's prompt gets a line of its own, and the shell learns that it was a signal.
  static func endLineOnInterrupt() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { number in
        // Only what a signal handler may call.
        var newline: UInt8 = 0x0A
        _ = write(STDERR_FILENO, &newline, 1)
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  static func restore() {
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
  }
}
