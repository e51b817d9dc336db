/// A regular expression as a tree.
indirect enum PatternNode {
  /// Matches the empty text.
  case empty
  case scalar(UInt32)
  case set(ScalarSet)
  case assertion(PatternAssertion)
  /// `number` from 1; nil for `(?: )`.
  case group(PatternNode, number: Int?)
  case sequence([PatternNode])
  /// In order of preference.
  case either([PatternNode])
  /// `most` nil: without end. `position` is the quantifier's, for messages.
  case repeated(PatternNode, least: Int, most: Int?, isLazy: Bool, position: Int)

  /// Whether every match begins at the start of the text.
  var isAnchoredAtStart: Bool {
    switch self {
    case .assertion(.start): true
    case .group(let node, _): node.isAnchoredAtStart
    case .sequence(let nodes): nodes.first?.isAnchoredAtStart ?? false
    case .either(let nodes): nodes.allSatisfy(\.isAnchoredAtStart)
    case .repeated(let node, let least, _, _, _): least > 0 && node.isAnchoredAtStart
    case .empty, .scalar, .set, .assertion: false
    }
  }
}

/// What must hold at a place, without taking a character.
enum PatternAssertion: Equatable {
  case start, end, wordEdge, noWordEdge
}
