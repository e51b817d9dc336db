import CNCurses
import Glibc
import Synchronization

/// The one thread that may call curses, as an executor: it sleeps in poll(2) on the terminal, the signals and a descriptor that
/// other threads make readable, and runs what was enqueued for `@UI`.
///
/// It is the process's main thread: the system prefers it for signals, its stack is big, and a crash shows as “Thread 0”.
final class UIThread: SerialExecutor {
  static let shared = UIThread()

  private struct State {
    var jobs: [UnownedJob] = []
    var isStopped = false
    var thread: pthread_t?
  }

  private let state = Mutex(State())
  private let wakeDescriptor = cn_wake_open()

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    state.withLock { $0.jobs.append(unowned) }
    wake()
  }

  func isIsolatingCurrentContext() -> Bool? { isCurrent }

  func checkIsolated() {
    precondition(isCurrent, "not on the UI thread")
  }

  private var isCurrent: Bool {
    state.withLock { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  /// Ends `run`; from any thread.
  func stop() {
    state.withLock { $0.isStopped = true }
    wake()
  }

  /// Ends the sleep of `run`; from any thread.
  func wake() {
    cn_wake(wakeDescriptor)
  }

  /// Makes the calling thread the UI thread.
  func adopt() {
    state.withLock { $0.thread = pthread_self() }
    cn_alternate_stack()
  }

  /// What the loop calls, always on its thread.
  struct Callbacks {
    /// The terminal to read from; -1: not now (poll skips it), because another program has it.
    var terminal: @UI () -> Int32
    var onInput: @UI () -> Void
    var onSignal: @UI (Int32) -> Void
    /// A descriptor besides, and what to do when it is readable; -1: none.
    var watched: @UI () -> Int32
    var onWatched: @UI () -> Void
    /// After whatever happened: draws, and says how many milliseconds there is nothing to do by itself; -1: for ever.
    var onTurn: @UI () -> Int32
  }

  /// Takes over the calling thread, on which `adopt` was called, until `stop`.
  func run(_ callbacks: Callbacks) {
    let signals = cn_signals_open()
    var sleep = UI.assumeIsolated { callbacks.onTurn() }
    while true {
      var descriptors = [
        pollfd(fd: UI.assumeIsolated { callbacks.terminal() }, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        pollfd(fd: UI.assumeIsolated { callbacks.watched() }, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&descriptors, nfds_t(descriptors.count), sleep)
      if ready < 0, errno != EINTR { break }
      if ready > 0 {
        if descriptors[1].revents != 0 { cn_wake_clear(wakeDescriptor) }
        if descriptors[2].revents != 0 {
          var bytes = [UInt8](repeating: 0, count: 64)
          let count = read(signals, &bytes, bytes.count)
          for byte in bytes.prefix(max(0, count)) { UI.assumeIsolated { callbacks.onSignal(Int32(byte)) } }
        }
        if descriptors[3].revents != 0 { UI.assumeIsolated { callbacks.onWatched() } }
        if descriptors[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
          // The terminal went away.
          UI.assumeIsolated { callbacks.onSignal(SIGHUP) }
        } else if descriptors[0].revents != 0 {
          UI.assumeIsolated { callbacks.onInput() }
        }
      }
      let jobs = state.withLock { state in
        let jobs = state.jobs
        state.jobs.removeAll(keepingCapacity: true)
        return jobs
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if state.withLock({ $0.isStopped }) { break }
      sleep = UI.assumeIsolated { callbacks.onTurn() }
    }
  }
}

/// Isolates to the UI thread whatever touches the terminal: the compiler checks that nobody else does.
@globalActor
actor UI {
  static let shared = UI()
  nonisolated var unownedExecutor: UnownedSerialExecutor { UIThread.shared.asUnownedSerialExecutor() }

  /// For synchronous callers that already are on the UI thread, as `MainActor.assumeIsolated`.
  static func assumeIsolated<T: Sendable>(_ body: @UI () throws -> T) rethrows -> T {
    UIThread.shared.checkIsolated()
    return try withoutActuallyEscaping(body) { body in
      // Only the isolation is cast away, which was checked one line above; `MainActor.assumeIsolated` does the same.
      try unsafeBitCast(body, to: (() throws -> T).self)()
    }
  }
}
