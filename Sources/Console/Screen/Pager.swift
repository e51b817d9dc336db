import CNCurses
import Files
import Model

/// The person's pager, for as long as it runs the owner of the terminal.
enum Pager {
  private static let standard = "if command -v less >/dev/null; then exec less \"$1\"; else exec more \"$1\"; fi;"

  /// Shows a text on a terminal that was given back. Returns what kept it from being shown.
  static func show(_ bytes: [UInt8]) -> Failure? {
    do throws(Failure) {
      let file = try EditedFile(bytes)
      defer { file.remove() }
      let wanted = Places.environment()["PAGER"].flatMap { $0.isEmpty ? nil : $0 }
      let status = cn_run_child(wanted ?? standard, file.path)
      guard status < 0 || status == 127 || status == 126 else { return nil }
      return Failure(.failed, "the pager “\(wanted ?? "less")” cannot be started (PAGER names it)")
    } catch { return error }
  }
}
