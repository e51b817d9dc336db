import Files
import Glibc

/// What the process asks of the system before it begins.
enum ProcessLimits {
  /// Writing to a peer that is gone is an error there, not the end of the server.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Raises the number of open files as far as the system lets.
  ///
  /// - Returns: the limit now.
  static func raiseOpenFiles() -> Int {
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(kind, &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      var wanted = limit
      wanted.rlim_cur = limit.rlim_max
      if setrlimit(kind, &wanted) == 0 { limit = wanted }
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// How many connections the system lets wait to be accepted; nil: it does not say.
  static var listenBacklog: Int? {
    guard let bytes = try? AtomicFile.read("/proc/sys/net/core/somaxconn", limit: 64) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
  }
}
