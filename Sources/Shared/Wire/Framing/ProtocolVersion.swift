/// The native protocol. A server takes all from `oldest` to `current`, so that old agents keep working with a newer server.
public enum ProtocolVersion {
  public static let current: UInt32 = 1
  public static let oldest: UInt32 = 1
  /// Of the programs.
  public static let program = "0.1.0"
}
