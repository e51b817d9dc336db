import Files
import Model

/// The passwords of the roles, hashed: a private file in the state directory, beside the server's keys. As these, it is in no
/// backup: a farm that is restored elsewhere brings nobody's rights with it, and an old backup no old password.
struct Passwords: Hashable, Sendable {
  private(set) var hashes: [Role: PasswordHash] = [:]

  init() {}

  /// The words of the roles in the file and on the command line.
  static let words: [Role: String] = [.superUser: "super", .administrator: "administrator"]
  static let roles: [Role] = [.superUser, .administrator]
  static func role(_ word: some StringProtocol) -> Role? { words.first { $0.value == word }?.key }

  static func path(in state: String) -> String { state + "/passwords" }

  /// - Throws: `FileError`, or `DamagedPasswords` that names the line.
  init(state: String) throws {
    let path = Self.path(in: state)
    guard let bytes = try AtomicFile.read(path, limit: 64 << 10) else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let role = Self.role(parts[0]), hashes[role] == nil, let hash = PasswordHash(parts[1]) else {
        throw DamagedPasswords(path: path, line: number + 1)
      }
      hashes[role] = hash
    }
  }

  /// Replaces the file as a whole. It belongs to whom the state directory belongs to, so that root may set a password of a server
  /// that runs as another user.
  func write(state: String) throws(FileError) {
    let path = Self.path(in: state)
    var text = "# Passwords of roles; reeve-server --set-password writes them, see reeve-server(8).\n"
    for role in Self.roles {
      if let hash = hashes[role], let word = Self.words[role] { text += "\(word):\(hash.text)\n" }
    }
    try AtomicFile.write(text.utf8, to: path, mode: 0o600)
    AtomicFile.giveToOwner(ofFolder: state, path)
  }

  mutating func set(_ password: [UInt8], of role: Role, cost: PasswordHash.Cost = .usual) throws {
    hashes[role] = try PasswordHash(of: password, cost: cost)
  }

  /// The role whose password it is. Takes long.
  func role(of password: [UInt8]) -> Role? {
    // The highest first: who gave both roles one password has the higher one.
    Self.roles.reversed().first { hashes[$0]?.matches(password) ?? false }
  }

  /// Roles of which nobody has the password.
  var missing: [Role] { Self.roles.filter { hashes[$0] == nil } }

  /// 100 bits in letters and digits that nobody takes for each other, in groups: `k7tq-m2xz-9hdr-w4bn-c8fp`.
  static func generated() -> String {
    let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
    var generator = SystemRandomNumberGenerator()
    return (0..<5).map { _ in String((0..<4).compactMap { _ in letters.randomElement(using: &generator) }) }.joined(separator: "-")
  }

  /// In bytes. What is shorter is guessed; what is longer was not typed by a person.
  static let lengths = 8...1024
}

struct DamagedPasswords: Error, CustomStringConvertible {
  let path: String
  let line: Int
  var description: String {
    "\(path), line \(line): expected super or administrator, a colon and a hash "
      + "(move the file away: then new passwords are made at the next start)"
  }
}
