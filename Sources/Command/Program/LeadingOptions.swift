/// The options of every command where they stand before its name: `reeve --json jobs`.
struct LeadingOptions: Hashable {
  var server: String?
  var user: String?
  var config: [String] = []
  var wantsJSON = false
  /// Raises the connection's role by a password.
  var isSuper = false

  /// Takes them off the front. What is not one of them, or lacks its value, stays for the parser to judge.
  static func split(_ arguments: [String]) -> (LeadingOptions, rest: [String]) {
    var found = LeadingOptions()
    var at = 0
    while at < arguments.count {
      let word = arguments[at]
      if word == "--json" {
        found.wantsJSON = true
        at += 1
        continue
      }
      if word == "--super" {
        found.isSuper = true
        at += 1
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard ["--server", "--user", "--config"].contains(parts[0]) else { break }
      let value: String
      if parts.count == 2 {
        value = parts[1]
        at += 1
      } else {
        guard at + 1 < arguments.count else { break }
        value = arguments[at + 1]
        at += 2
      }
      switch parts[0] {
      case "--server": found.server = value
      case "--user": found.user = value
      default: found.config.append(value)
      }
    }
    return (found, Array(arguments[at...]))
  }

  /// Whether arguments that could not be parsed ask for errors as JSON.
  static func asksForJSON(_ arguments: [String]) -> Bool { arguments.prefix { $0 != "--" }.contains("--json") }
}
