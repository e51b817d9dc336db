import CPosix
import Glibc
import Model
import Synchronization
import Wire

/// That a server is to end and begin anew with another store.
final class RestartWish: Sendable {
  private struct State {
    var replacement: StoreReplacement?
    var wake: (@Sendable () -> Void)?
  }
  private let state = Mutex(State())

  /// Of the store that is to be put in place; nil: nobody wishes anything.
  var replacement: StoreReplacement? { state.withLock { $0.replacement } }

  func wish(_ replacement: StoreReplacement) {
    let wake = state.withLock { state in
      state.replacement = replacement
      defer { state.wake = nil }
      return state.wake
    }
    wake?()
  }

  /// - Parameter wake: called once, when it is wished or at once when it was.
  func whenWished(_ wake: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      if state.replacement != nil { return true }
      state.wake = wake
      return false
    }
    if isDue { wake() }
  }
}

/// Begins this program anew in the same process, so that whoever watches it by its number does not notice.
enum ProgramRestart {
  /// - Parameter address: where it listened: a port that the system picked is taken again.
  /// - Returns: why it is not possible; otherwise never.
  static func run(at address: ServerAddress, arguments: [String] = CommandLine.arguments) -> String {
    let arguments = self.arguments(arguments, listeningAt: address)
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    argv.append(nil)
    defer { for case let text? in argv { free(text) } }
    cposix_close_on_exec_from(3)
    // What a thread of this process has blocked or ignored would stay so.
    for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_DFL) }
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    execv("/proc/self/exe", argv)
    return String(cString: strerror(errno))
  }

  /// The same arguments, with the address of before when they leave the port to the system.
  static func arguments(_ arguments: [String], listeningAt address: ServerAddress) -> [String] {
    var kept: [String] = []
    var listen: String?
    var isValue = false
    for argument in arguments {
      if isValue {
        listen = argument
        isValue = false
      } else if argument == "--listen" {
        isValue = true
      } else if argument.hasPrefix("--listen=") {
        listen = String(argument.dropFirst("--listen=".count))
      } else {
        kept.append(argument)
      }
    }
    // The configuration may leave it open too.
    guard listen == nil || listen?.hasSuffix(":0") == true else { return arguments }
    return kept + ["--listen", address.description]
  }
}
