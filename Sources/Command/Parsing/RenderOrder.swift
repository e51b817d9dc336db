import ArgumentParser

/// What people do to renders. The numbers are those of the wire.
enum RenderOrder: UInt8, CaseIterable, ExpressibleByArgument {
  case nimby = 1, NIMBY, free, pause, unpause, eject, ejectNotOwn, healSick, restoreDefaults, sleep, wake

  var word: String {
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

  init?(argument: String) {
    guard let found = Self.allCases.first(where: { $0.word == argument }) else { return nil }
    self = found
  }

  var defaultValueDescription: String { word }
  static var allValueStrings: [String] { allCases.map(\.word) }
}
