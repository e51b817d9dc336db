public import Model

/// A farm as it stood at some moment, to be looked at.
extension Farm {
  /// Whether a render is there. Of one that is not known: no.
  public func isOnline(_ id: RenderID) -> Bool { renderPlaces[id].map { renders[$0].isOnline } ?? false }

  /// From now on nothing is started, whatever is applied: renders come back with what they ran, and that is all.
  public mutating func standStill() { isStill = true }
}
