import Console
import Files
import Glibc
import Model

/// The file of what a console keeps: `watch.json` in the user's state folder.
struct KeptFile: Sendable {
  let path: String

  init(places: Places) { path = "\(places.userState)/watch.json" }

  /// What was kept, and what is to be said about it. A file that cannot be understood is set aside, and the console begins without.
  func read() -> (kept: Kept, notice: String?) {
    do {
      guard let bytes = try AtomicFile.read(path, limit: Kept.longest) else { return (Kept(), nil) }
      do {
        return (try Kept.parse(bytes), nil)
      } catch {
        return (Kept(), setAside(error.message))
      }
    } catch {
      if error.code == EFBIG { return (Kept(), setAside("it is longer than \(Kept.longest) bytes")) }
      return (Kept(), "what was kept is not used: \(error)")
    }
  }

  private func setAside(_ reason: String) -> String {
    let aside = path + ".damaged"
    guard rename(path, aside) == 0 else { return "what was kept is not used: \(path): \(reason)" }
    return "what was kept is damaged and was set aside as \(aside): \(reason)"
  }

  /// - Returns: why it could not be written.
  func write(_ kept: Kept) -> Failure? {
    do {
      try AtomicFile.makeFolder(path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" })
      // A crash may cost the last choice, never the file: it is replaced whole.
      try AtomicFile.write(kept.text.utf8, to: path, mode: 0o600, isDurable: false)
      return nil
    } catch {
      return Failure(.failed, "what was chosen is not kept: \(error)")
    }
  }
}
