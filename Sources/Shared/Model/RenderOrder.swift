/// What people do to renders. The numbers are those of the wire.
public enum RenderOrder: UInt8, Hashable, Sendable, CaseIterable {
  case nimby = 1, NIMBY, free, pause, unpause, eject, ejectNotOwn, healSick, restoreDefaults, sleep, wake

  /// As on the command line.
  public var word: String {
    switch self {
    case .nimby: "nimby"
    case .NIMBY: "NIMBY"
    case .free: "free"
    case .pause: "pause"
    case .unpause: "unpause"
    case .eject: "eject"
    case .ejectNotOwn: "eject-not-own"
    case .healSick: "heal-sick"
    case .restoreDefaults: "restore-defaults"
    case .sleep: "sleep"
    case .wake: "wake"
    }
  }
}
