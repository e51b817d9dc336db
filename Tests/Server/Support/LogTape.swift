import Logging
import Synchronization

@testable import Server

/// Keeps what is logged, for tests to read.
final class LogTape: Sendable {
  private let lines = Mutex<[String]>([])

  var text: String { lines.withLock { $0.joined(separator: "\n") } }
  func contains(_ text: String) -> Bool { lines.withLock { $0.contains { $0.contains(text) } } }
  fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }

  func logger(_ tail: LogTail) -> Logger { Logger(label: "test") { _ in tail.handler(Handler(tape: self)) } }

  var logger: Logger { Logger(label: "test") { _ in Handler(tape: self) } }

  private struct Handler: LogHandler {
    let tape: LogTape
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { tape.add("\(event.level): \(event.message)") }
  }
}
