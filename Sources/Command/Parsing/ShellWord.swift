/// Words for `sh`.
enum ShellWord {
  /// A command line that `sh` takes apart into exactly these words, whatever is in them. Frame marks (`@#@`) stay whole.
  static func line(_ words: [String]) -> String {
    var quoted = words.map(quote)
    // `sh -c -x` would take the whole line for options.
    if let first = quoted.first, first.hasPrefix("-") { quoted[0] = "'\(first)'" }
    return quoted.joined(separator: " ")
  }

  static func quote(_ word: String) -> String {
    if !word.isEmpty, word.utf8.allSatisfy(isPlain), !reserved.contains(word) { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// Letters, digits and what means nothing to a shell anywhere in a word. No `=`: in a first word it would assign.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: ":"), UInt8(ascii: ","),
      UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static let reserved: Set<String> = [
    "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in", "function", "select", "time",
    "coproc",
  ]
}
