/// How a task's command line becomes a program and its arguments.
struct Shell: Hashable, Sendable {
  /// The shell's program and arguments; the command line comes behind. From the setting `cmd_shell`.
  private let words: [String]

  static let standard = Shell("/bin/sh -c")

  init(_ setting: String) {
    let words = setting.split(separator: " ").map(String.init)
    self.words = words.isEmpty ? ["/bin/sh", "-c"] : words
  }

  /// A command line that the standard shell would only cut at spaces and execute is executed without it: one process less.
  func arguments(_ command: String) -> [String] {
    if words == ["/bin/sh", "-c"], let plain = Self.plainWords(command) { return plain }
    return words + [command]
  }

  /// A text as one word of a command line.
  static func quoted(_ text: String) -> String {
    text.utf8.allSatisfy(isPlain) && !text.contains(" ") ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }

  /// The words of a line without anything special to a shell whose first is a path; nil for any other line.
  static func plainWords(_ command: String) -> [String]? {
    guard command.utf8.allSatisfy(isPlain) else { return nil }
    let words = command.split(separator: " ").map(String.init)
    // A path is no builtin, no keyword and no assignment.
    guard let first = words.first, first.contains("/"), !first.contains("=") else { return nil }
    return words
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case 0x20, 0x25, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x3a, 0x3d, 0x40, 0x5f: true  // space % + , - . / : = @ _
    default: false
    }
  }
}
