import Files
import Glibc
import Model

/// What a state directory without passwords gets at its first start.
enum FirstPasswords {
  /// Makes those that are missing.
  ///
  /// - Returns: what is to be shown to whoever started the server, once; nil: there is nothing new.
  static func make(state: String) throws -> String? {
    var passwords = try Passwords(state: state)
    let missing = passwords.missing
    if missing.isEmpty { return nil }
    var lines: [String] = []
    for role in missing {
      let password = Passwords.generated()
      try passwords.set(Array(password.utf8), of: role)
      let label = "\(role.word):"
      lines.append("  \(label)\(String(repeating: " ", count: max(1, 16 - label.count)))\(password)")
    }
    try AtomicFile.makeFolder(state)
    try passwords.write(state: state)
    return """
      reeve-server: new passwords, shown this once and kept nowhere in clear:
      \(lines.joined(separator: "\n"))
      reeve-server: reeve-server --set-password sets others
      """
  }
}
