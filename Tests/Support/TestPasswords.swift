/// Passwords of a server's roles that tests know, hashed so cheaply that a test need not wait for it.
public enum TestPasswords {
  public static let superUser = "test-super"
  public static let administrator = "test-administrator"

  private static let file = """
    super:$scrypt$ln=4,r=8,p=1$cmVldmUgdGVzdCBzYWx0Lg==$8oyPh29XN+FW4qHgo46pSujidxy2b8HvdD7cwQN2ydo=
    administrator:$scrypt$ln=4,r=8,p=1$cmVldmUgdGVzdCBzYWx0Lg==$9P3TY1tyP4xSlGrN3TE/Ezrv1eHlXiLy8XB4sCXMziQ=

    """

  /// Puts them into a state directory, unless it has passwords.
  public static func give(to state: String, in scratch: ScratchFolder) throws {
    _ = try scratch.folder(state)
    if scratch.read("\(state)/passwords") == nil { try scratch.write(file, to: "\(state)/passwords", mode: 0o600) }
  }

  /// A private file with a password, for `REEVE_PASSWORD_FILE`.
  public static func file(of password: String, in scratch: ScratchFolder) throws -> String {
    try scratch.write(password + "\n", to: password, mode: 0o600)
  }
}
