import Glibc

/// Standard output or standard error, or what another program has in their place.
struct StandardStream: Sendable {
  let descriptor: Int32
  /// Gets what is written, instead of the descriptor.
  var collector: TextCollector?

  static let output = StandardStream(descriptor: STDOUT_FILENO)
  static let error = StandardStream(descriptor: STDERR_FILENO)

  var isTerminal: Bool { collector == nil && isatty(descriptor) == 1 }

  /// The terminal's width; nil when it is none.
  var columns: Int? {
    if let collector { return collector.columns }
    guard isTerminal else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes all. When nobody reads any more (`reeve jobs | head`) the process ends as programs do then: by SIGPIPE.
  func write(_ bytes: [UInt8]) {
    if let collector { return collector.take(bytes) }
    var at = 0
    while at < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + at, bytes.count - at) }
      if count > 0 {
        at += count
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else {
        let reason = errno
        if reason == EPIPE {
          signal(SIGPIPE, SIG_DFL)
          raise(SIGPIPE)
        }
        if descriptor != STDERR_FILENO {
          StandardStream.error.write("reeve: the output cannot be written: \(String(cString: strerror(reason)))\n")
        }
        exit(1)
      }
    }
  }
}
