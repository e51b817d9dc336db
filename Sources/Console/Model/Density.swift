/// How much room words take: Afanasy's Padawan, Jedi and Sith.
enum Density: String, CaseIterable, Hashable, Sendable {
  /// Full words.
  case full
  /// Short words, as much as is needed to understand.
  case short
  /// Letters and numbers, for those who know: more columns fit.
  case abbreviated

  var next: Density {
    switch self {
    case .full: .short
    case .short: .abbreviated
    case .abbreviated: .full
    }
  }
}
