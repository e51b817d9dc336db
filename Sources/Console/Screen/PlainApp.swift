import CNCurses
import Console
import Files
import Glibc
import Identity
import Model
import Settings
import Wire

/// Brings together the network and the console without a screen: writes its lines to standard output as they come.
///
/// There is no terminal to be given back, so whatever ends it may end it at once.
struct PlainApp {
  private let link: ServerLink
  private let inbox: Inbox
  private let wakeDescriptor: Int32
  private var console: PlainConsole
  /// Standard input, where somebody types; -1: nobody does.
  private var input: Int32 = isatty(0) != 0 ? 0 : -1

  init(_ console: PlainConsole, address: ServerAddress, user: String, knownServersFile: String) {
    self.console = console
    let wake = cn_wake_open()
    wakeDescriptor = wake
    inbox = Inbox { cn_wake(wake) }
    link = ServerLink(
      address: address, user: user, host: Places.hostName, knownServers: KnownServers(path: knownServersFile), inbox: inbox)
  }

  /// Until somebody ends it, or nobody reads it any more.
  mutating func run() {
    cn_signals_allow()
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in _exit(0) } }
    signal(SIGPIPE, SIG_IGN)
    link.start()
    while true {
      for event in inbox.take() {
        for effect in console.update(event, at: Clock.now) { perform(effect) }
      }
      let lines = console.lines(at: Clock.now)
      guard lines.isEmpty || write(lines) else { return }
      var descriptors = [
        pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isInFront ? input : -1, events: Int16(POLLIN), revents: 0),
        // Tells when the other end of a pipe is closed: perhaps nothing is written for hours.
        pollfd(fd: 1, events: 0, revents: 0),
      ]
      let ready = poll(&descriptors, nfds_t(descriptors.count), sleep)
      if ready < 0, errno != EINTR { return }
      guard ready > 0 else { continue }
      if descriptors[0].revents != 0 { cn_wake_clear(wakeDescriptor) }
      if descriptors[2].revents != 0 || (descriptors[1].revents != 0 && isOver()) { return }
    }
  }

  /// Whether what is typed is for this program: one in the background that reads from its terminal is stopped.
  private var isInFront: Bool { input < 0 || tcgetpgrp(input) == getpgrp() }

  /// Milliseconds in which nothing is due; -1: until something happens.
  private var sleep: Int32 {
    guard let due = console.due else { return isInFront ? -1 : 1000 }
    // The clock may be set meanwhile: so it is looked at now and then.
    return Int32(clamping: min(1000, max(0, (due - Clock.now).microseconds / 1000 + 1)))
  }

  private func perform(_ effect: ConsoleEffect) {
    switch effect {
    case .subscribe(let number, let topic, let window): link.subscribe(number, topic, window)
    case .unsubscribe(let number): link.unsubscribe(number)
    default: break
    }
  }

  /// Whether what was typed ends it: `q`, or the end of what is typed.
  private func isOver() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = read(0, &bytes, bytes.count)
    if count < 0 { return errno != EINTR && errno != EAGAIN }
    if count == 0 { return true }
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(whereSeparator: \.isNewline).contains {
      $0.filter { $0 != " " }.lowercased() == "q"
    }
  }

  /// False: nobody reads it.
  private func write(_ lines: [String]) -> Bool {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else { return false }
        // A descriptor that somebody has made non-blocking: until there is room.
        var room = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
        poll(&room, 1, -1)
        continue
      }
      at += count
    }
    return true
  }
}
