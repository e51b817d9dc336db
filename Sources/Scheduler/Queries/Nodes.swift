public import Model

/// Nodes besides jobs: pools, branches, users, renders, with what people set on them.
extension Farm {
  /// Parents before children.
  public func pools() -> [PoolSummary] { [] }

  /// Parents before children.
  public func branches() -> [BranchSummary] { [] }

  public func userParameters(_ name: String) -> UserParameters? { peoplePlaces[name].map { people[$0].parameters } }

  public func renderParameters(_ id: RenderID) -> RenderParameters? { nil }
}
