import Dispatch
import Glibc

/// Signals as calls on a queue.
final class Signals {
  private let sources: [any DispatchSourceSignal]

  /// - Parameter handlers: what each signal does from now on, instead of what it does by default.
  init(_ handlers: [(number: Int32, handler: @Sendable () -> Void)]) {
    let queue = DispatchQueue(label: "reeve.signals")
    sources = handlers.map { number, handler in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler(handler: handler)
      source.activate()
      return source
    }
  }
}
