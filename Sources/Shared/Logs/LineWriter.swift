import Dispatch
import Glibc
import Synchronization

/// Writes lines to a file descriptor without ever making the caller wait: a reader that is slow, or gone, stops nobody. What does not
/// fit is counted and said.
public final class LineWriter: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var dropped = 0
    var isWriting = false
  }

  /// Bytes that may wait.
  private static let bound = 1 << 20

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "reeve.log")
  private let state = Mutex(State())

  public init(descriptor: Int32) { self.descriptor = descriptor }

  public func write(_ line: String) {
    let begins = state.withLock { state in
      guard state.buffer.count < Self.bound else {
        state.dropped += 1
        return false
      }
      state.buffer += line.utf8
      state.buffer.append(UInt8(ascii: "\n"))
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if begins { queue.async { self.drain() } }
  }

  /// Waits until all is written: at the end of the program.
  public func flush() { queue.sync { drain() } }

  private func drain() {
    while true {
      let bytes = state.withLock { state in
        var taken = state.buffer
        state.buffer = []
        if state.dropped > 0 {
          taken += Array("(\(state.dropped) lines of this log were lost: nobody read it)\n".utf8)
          state.dropped = 0
        }
        if taken.isEmpty { state.isWriting = false }
        return taken
      }
      if bytes.isEmpty { return }
      var at = 0
      while at < bytes.count {
        let count = bytes[at...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        if count <= 0 { break }
        at += count
      }
    }
  }
}
