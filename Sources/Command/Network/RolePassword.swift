import Files
import FoundationEssentials
import Model
import Synchronization
import Wire

/// The password that raises the role of this run's connections: of the file that `REEVE_PASSWORD_FILE` names, else asked for on the
/// terminal, once.
final class RolePassword: Sendable {
  static let variable = "REEVE_PASSWORD_FILE"

  private let file: String?
  private let known = Mutex<[UInt8]?>(nil)

  init(environment: [String: String]) { file = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 } }

  /// - Throws: `Failure(.usage)` when there is none to be had.
  func bytes() throws -> [UInt8] {
    try known.withLock { known in
      if let known { return known }
      let password: [UInt8]
      do throws(SecretInput.Refused) {
        if let file {
          password = try SecretInput.line(ofPrivateFile: file)
        } else {
          password = try SecretInput.ask("Password of super users or administrators: ")
        }
      } catch {
        throw Failure(.usage, file == nil ? "--super: \(error) (\(Self.variable) can name a file)" : "\(Self.variable): \(error)")
      }
      known = password
      return password
    }
  }
}

extension ServerConnection {
  /// - Throws: `Failure(.notPermitted)` for a wrong password.
  func raiseRole(by password: RolePassword) async throws {
    var request = WireRaiseRole()
    request.password = .init(try password.bytes())
    guard case .role = try await self.request(.raiseRole(request)) else { throw Failure.unexpectedAnswer }
  }
}
