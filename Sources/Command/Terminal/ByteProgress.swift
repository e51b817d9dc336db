import Text

/// How far a long transfer is, on a terminal's last line.
final class ByteProgress {
  private let call: Call
  private let what: String
  private let total: Int?
  private var shown: ContinuousClock.Instant?

  init(_ call: Call, _ what: String, of total: Int? = nil) {
    self.call = call
    self.what = what
    self.total = total
  }

  /// Some times a second, at most.
  func show(_ bytes: Int) {
    guard call.error.isTerminal, !call.wantsJSON else { return }
    let now = ContinuousClock.now
    if let shown, now - shown < .milliseconds(200) { return }
    shown = now
    let whole = total.map { " of \(Format.size(bytes: Int64($0)))" } ?? ""
    call.error.write("\r\(what): \(Format.size(bytes: Int64(bytes)))\(whole)\u{1B}[K")
  }

  func end() {
    if shown != nil { call.error.write("\r\u{1B}[K") }
  }
}
