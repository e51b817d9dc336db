import Files

/// Text files that the kernel makes up, cut into words.
enum ProcFile {
  /// - Returns: nil when there is none.
  static func lines(_ path: String) -> [Substring]? {
    guard let bytes = try? AtomicFile.read(path, limit: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  static func words(_ line: Substring) -> [Substring] { line.split(whereSeparator: { $0 == " " || $0 == "\t" }) }
}
