import Console
import Files
import Glibc
import Model

/// Where themes are found: by name in the user's folder, beside the installed program, in the source tree, and last those that are
/// built in.
struct ThemeLibrary: Sendable {
  /// The first that has a theme wins.
  let folders: [String]

  init(places: Places) {
    folders = ["\(places.userConfiguration)/themes"] + Installation.folders(share: "reeve/themes", source: "themes")
  }

  /// The names of all themes there are, sorted.
  var names: [String] {
    var names: Set<String> = ["dark", "mono"]
    for folder in folders {
      guard let entries = opendir(folder) else { continue }
      defer { closedir(entries) }
      while let entry = readdir(entries) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
          tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.insert(String(name.dropLast(5))) }
      }
    }
    return names.sorted()
  }

  /// - Parameter selection: a name, or a path to a file.
  /// - Throws: what is wrong with the file, or which themes there are when there is none of that name.
  func theme(_ selection: String) throws(Failure) -> Theme {
    if selection.contains("/") || selection.hasSuffix(".yaml") {
      guard let theme = try read(selection, name: Self.name(ofPath: selection)) else {
        throw Failure(.usage, "\(selection): no such theme file")
      }
      return theme
    }
    for folder in folders {
      if let theme = try read("\(folder)/\(selection).yaml", name: selection) { return theme }
    }
    switch selection {
    case "dark": return .dark
    case "mono": return .mono
    default: throw Failure(.usage, "there is no theme “\(selection)” (there are: \(names.joined(separator: ", ")))")
    }
  }

  /// The file of a theme; nil: it is built in, or there is none.
  func path(_ selection: String) -> String? {
    if selection.contains("/") || selection.hasSuffix(".yaml") { return selection }
    return folders.map { "\($0)/\(selection).yaml" }.first { access($0, R_OK) == 0 }
  }

  private func read(_ path: String, name: String) throws(Failure) -> Theme? {
    let bytes: [UInt8]?
    do { bytes = try AtomicFile.read(path, limit: 1 << 20) } catch { throw Failure(.failed, "\(error)") }
    guard let bytes else { return nil }
    return try ThemeFile.parse(String(decoding: bytes, as: UTF8.self), path: path, name: name)
  }

  private static func name(ofPath path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
  }
}
