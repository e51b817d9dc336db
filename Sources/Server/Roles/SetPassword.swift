import Files
import Glibc
import Model

/// `reeve-server --set-password super|administrator`.
enum SetPassword {
  /// - Returns: what was done, in lines.
  /// - Throws: `Failure(.usage)` for a password that will not do, `FileError`.
  static func run(_ role: Role, state: String) throws -> [String] {
    let password = try read(role)
    guard password.count >= Passwords.lengths.lowerBound else {
      throw Failure(.usage, "the password is shorter than \(Passwords.lengths.lowerBound) bytes")
    }
    try AtomicFile.makeFolder(state)
    var passwords = try Passwords(state: state)
    try passwords.set(password, of: role)
    try passwords.write(state: state)
    var lines = ["the password of the role \(role.word) is set, in \(Passwords.path(in: state))"]
    do { withExtendedLifetime(try FileLock(state + "/lock")) {} } catch let taken as FileLock.Taken {
      lines.append("the server that runs takes it at SIGHUP: kill -HUP \(taken.pid)")
    }
    return lines
  }

  /// On a terminal asked for twice, without showing it; else the first line of standard input.
  private static func read(_ role: Role) throws -> [UInt8] {
    if isatty(STDIN_FILENO) == 1 {
      let first = try SecretInput.ask("New password of the role \(role.word): ")
      guard try SecretInput.ask("Once more: ") == first else { throw Failure(.usage, "these are two different passwords") }
      return first
    }
    return try SecretInput.line(of: STDIN_FILENO, limit: Passwords.lengths.upperBound)
  }
}
