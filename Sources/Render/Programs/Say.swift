import Glibc
import Text

/// What the small programs within `reeve-render` print. Unbuffered: the lines of both streams stay in their order.
enum Say {
  static func line(_ text: String) { write("\(text)\n", to: STDOUT_FILENO) }
  static func error(_ text: String) { write("reeve-render: \(text)\n", to: STDERR_FILENO) }

  /// A text from outside, for a line of our own: at most 200 characters.
  static func plain(_ text: String) -> String { Sanitize.line(text.prefix(200)) }

  /// A sentence that may have such texts within it: at most 2,000 characters.
  static func line(of text: String) -> String { Sanitize.line(text.prefix(2000)) }

  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
