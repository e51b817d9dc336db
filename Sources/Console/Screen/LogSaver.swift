import Files
import Glibc
import Model

/// Writes output into a file of the person's.
enum LogSaver {
  /// - Parameter path: relative to the folder in which the console was started; `~/` is the home folder.
  static func save(_ bytes: [UInt8], to path: String) -> Result<String, Failure> {
    var path = path
    if path.hasPrefix("~/"), let home = Places.environment()["HOME"] { path = home + path.dropFirst() }
    if access(path, F_OK) == 0 { return .failure(Failure(.failed, "\(path) is there already: give another name")) }
    do {
      try AtomicFile.write(bytes, to: path)
      return .success(path)
    } catch {
      return .failure(Failure(.failed, "\(error)"))
    }
  }
}
