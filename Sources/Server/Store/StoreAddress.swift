public import Model

/// What `--store` names.
public enum StoreAddress: Hashable, Sendable, CustomStringConvertible {
  case sqlite(path: String)

  /// - Parameters:
  ///   - text: `sqlite:PATH` or `postgresql://…`; nil: the default in the state directory.
  ///   - state: the state directory; a relative PATH is relative to the working directory, not to it.
  /// - Throws: `Failure(.usage)`.
  public init(parsing text: String?, state: String) throws(Failure) {
    guard let text else {
      self = .sqlite(path: state + "/reeve.sqlite")
      return
    }
    if text.hasPrefix("sqlite:") {
      let path = String(text.dropFirst("sqlite:".count))
      guard !path.isEmpty else { throw Failure(.usage, "--store \(text): the path is missing (expected sqlite:PATH)") }
      self = .sqlite(path: path)
    } else if text.hasPrefix("postgresql:") || text.hasPrefix("postgres:") {
      throw Failure(.usage, "--store: PostgreSQL is not in this version; leave --store out or give sqlite:PATH")
    } else {
      throw Failure(.usage, "--store \(text): expected sqlite:PATH")
    }
  }

  public var description: String {
    switch self {
    case .sqlite(let path): "sqlite:\(path)"
    }
  }

  /// What takes its place when a backup is restored.
  var replacement: StoreReplacement {
    switch self {
    case .sqlite(let path): StoreReplacement(path: path)
    }
  }

  /// Opens it, makes it if it is not there, and brings its schema up to date.
  public func open() throws -> any Store {
    switch self {
    case .sqlite(let path): try SQLiteStore(path: path)
    }
  }
}
