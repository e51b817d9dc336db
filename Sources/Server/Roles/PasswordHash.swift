import Crypto
import CryptoExtras
import Foundation

/// What is kept of a password: scrypt of it, with the salt and what the hash cost, so that old ones stay good when newer ones are
/// dearer.
struct PasswordHash: Hashable, Sendable {
  /// What a check costs: memory of `128 * 2^rounds * blockSize` bytes, and time in proportion.
  struct Cost: Hashable, Sendable {
    /// The logarithm of the rounds.
    var rounds: Int
    var blockSize: Int
    var lanes: Int

    /// 32 MiB, about a tenth of a second.
    static let usual = Cost(rounds: 15, blockSize: 8, lanes: 1)

    /// A file that somebody changed may not have the server spend all there is: 1 GiB at most.
    var isBearable: Bool {
      (1...20).contains(rounds) && (1...32).contains(blockSize) && (1...16).contains(lanes) && memory <= 1 << 30
    }
    private var memory: Int { 128 * blockSize << rounds }
  }

  static let saltBytes = 16
  static let hashBytes = 32

  private let cost: Cost
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// Takes as long as a check does.
  init(of password: [UInt8], cost: Cost = .usual) throws {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    self.cost = cost
    self.salt = salt
    hash = try Self.derive(password, salt, cost)
  }

  /// As `text` wrote it; nil: it is none.
  init?(_ text: Substring) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
    var values: [Substring: Int] = [:]
    for pair in parts[2].split(separator: ",") {
      let sides = pair.split(separator: "=")
      guard sides.count == 2, let value = Int(sides[1]) else { return nil }
      values[sides[0]] = value
    }
    guard let rounds = values["ln"], let blockSize = values["r"], let lanes = values["p"],
      let salt = Data(base64Encoded: String(parts[3])), salt.count == Self.saltBytes,
      let hash = Data(base64Encoded: String(parts[4])), hash.count == Self.hashBytes
    else { return nil }
    let cost = Cost(rounds: rounds, blockSize: blockSize, lanes: lanes)
    guard cost.isBearable else { return nil }
    self.cost = cost
    self.salt = [UInt8](salt)
    self.hash = [UInt8](hash)
  }

  /// `$scrypt$ln=15,r=8,p=1$SALT$HASH`
  var text: String {
    let sides = [salt, hash].map { Data($0).base64EncodedString() }.joined(separator: "$")
    return "$scrypt$ln=\(cost.rounds),r=\(cost.blockSize),p=\(cost.lanes)$\(sides)"
  }

  /// Takes long: not for an event loop, nor for the farm's actor.
  func matches(_ password: [UInt8]) -> Bool {
    guard let other = try? Self.derive(password, salt, cost), other.count == hash.count else { return false }
    var difference: UInt8 = 0
    for (one, two) in zip(hash, other) { difference |= one ^ two }
    return difference == 0
  }

  private static func derive(_ password: [UInt8], _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: password, salt: salt, outputByteCount: hashBytes, rounds: 1 << cost.rounds, blockSize: cost.blockSize,
      parallelism: cost.lanes)
    return key.withUnsafeBytes { Array($0) }
  }
}
