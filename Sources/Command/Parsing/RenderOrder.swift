import ArgumentParser
import Model

extension RenderOrder: @retroactive ExpressibleByArgument {
  public init?(argument: String) {
    guard let found = Self.allCases.first(where: { $0.word == argument }) else { return nil }
    self = found
  }

  public var defaultValueDescription: String { word }
  public static var allValueStrings: [String] { allCases.map(\.word) }
}
