extension StringProtocol {
  /// The text, or as much of its beginning as has so many Unicode scalars (four bytes each at most). Not of its characters: any
  /// number of combining marks may belong to one of those.
  public func beginning(_ scalars: Int) -> String {
    if utf8.count <= scalars { return String(self) }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(scalars)))
  }
}
