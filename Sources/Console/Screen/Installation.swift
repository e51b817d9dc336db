import Glibc

/// Where the files lie that belong to this program.
enum Installation {
  /// - Parameters:
  ///   - share: the folder below `share` beside the installed program.
  ///   - source: the folder in the source tree.
  static func folders(share: String, source: String) -> [String] {
    guard let binary = programFolder else { return [] }
    var folders = ["\(binary)/../share/\(share)"]
    var folder = binary
    // In the source tree the program is in .build/<platform>/<configuration>.
    for _ in 0..<5 {
      guard let slash = folder.lastIndex(of: "/") else { break }
      folder = String(folder[..<slash])
      if access("\(folder)/Package.swift", F_OK) == 0 {
        folders.append("\(folder)/\(source)")
        break
      }
    }
    return folders
  }

  private static var programFolder: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}
