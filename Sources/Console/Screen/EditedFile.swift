import CNCurses
import Files
import Glibc
import Model

/// A text in a private temporary file, for the person's editor or pager.
struct EditedFile {
  private let folder: String
  var path: String { "\(folder)/text" }

  init(_ text: String) throws(Failure) { try self.init(text.utf8) }

  /// The folder can be entered by the person alone.
  init(_ bytes: some Sequence<UInt8>) throws(Failure) {
    let environment = Places.environment()
    let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/reeve-watch-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Failure(.failed, "no temporary folder in \(parent): \(String(cString: strerror(errno)))")
    }
    folder = String(cString: made)
    do { try AtomicFile.write(bytes, to: path, mode: 0o600, isDurable: false) } catch {
      rmdir(folder)
      throw Failure(.failed, "\(error)")
    }
  }

  private static var editor: String {
    let environment = Places.environment()
    return ["VISUAL", "EDITOR"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "vi"
  }

  /// Returns when the editor is over, with its exit status.
  func edit() -> Int32 { cn_run_child(Self.editor, path) }

  /// What the person left; the line break that editors put at the end is not of it.
  func text(after status: Int32) throws(Failure) -> String {
    guard status == 0 else {
      let reason = status < 0 ? String(cString: strerror(-status)) : "it ended with status \(status)"
      throw Failure(.failed, "nothing was changed: \(Self.editor): \(reason) (EDITOR names the editor)")
    }
    let bytes: [UInt8]?
    do { bytes = try AtomicFile.read(path, limit: Limits.textBytes + 1) } catch { throw Failure(.failed, "\(error)") }
    guard var bytes else { throw Failure(.failed, "nothing was changed: the editor left no file") }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.failed, "nothing was changed: what the editor left is not UTF-8")
    }
    return text
  }

  func remove() {
    unlink(path)
    // What the editor put beside it: swap and backup files.
    if let directory = opendir(folder) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { unlink("\(folder)/\(name)") }
      }
      closedir(directory)
    }
    rmdir(folder)
  }
}
