import Dispatch
import Foundation
import Glibc
import Synchronization

/// A cable that loses, delays, doubles and reorders frames, and may be cut in either direction: two packet sockets and a thread.
/// What happens to the nth frame follows from the seed alone. (Linux has `netem` for this, but not every kernel has it.)
public final class Relay: Sendable {
  public struct Faults: Sendable {
    /// Of a hundred frames.
    public var lost = 0
    public var doubled = 0
    /// These come later than the ones behind them.
    public var reordered = 0
    public var delayMilliseconds = 0
    /// Nothing comes through at all.
    public var isCutToBridge = false
    public var isCutToHost = false
    public init() {}
  }

  private struct State {
    var faults = Faults()
    var hasEnded = false
    var isOver = false
  }

  private struct Frame {
    var due: Double
    var bytes: [UInt8]
    var target: Int32
  }

  private let state = Mutex(State())

  /// - Parameters:
  ///   - host: a packet socket towards the machine; closed when the relay has ended.
  ///   - bridge: one towards the bridge.
  init(host: Int32, bridge: Int32, seed: UInt64) {
    let thread = Thread { [self] in
      pass(host, bridge, seed)
      close(host)
      close(bridge)
      state.withLock { $0.isOver = true }
    }
    thread.start()
  }

  public func set(_ change: (inout Faults) -> Void) { state.withLock { change(&$0.faults) } }

  func end() {
    state.withLock { $0.hasEnded = true }
    try? observe("the relay's end") { state.withLock(\.isOver) }
  }

  private func pass(_ host: Int32, _ bridge: Int32, _ seed: UInt64) {
    var random = Numbers(state: seed)
    // In the order in which they are due.
    var waiting: [Frame] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let (faults, hasEnded) = state.withLock { ($0.faults, $0.hasEnded) }
      if hasEnded { return }
      let now = Self.now
      while let first = waiting.first, first.due <= now {
        _ = first.bytes.withUnsafeBytes { write(first.target, $0.baseAddress, $0.count) }
        waiting.removeFirst()
      }
      let time = waiting.first.map { max(1, min(50, Int32(($0.due - now) * 1000))) } ?? 50
      var ready = [pollfd(fd: host, events: Int16(POLLIN), revents: 0), pollfd(fd: bridge, events: Int16(POLLIN), revents: 0)]
      guard poll(&ready, 2, time) > 0 else { continue }
      for (source, target, isCut) in [(ready[0], bridge, faults.isCutToBridge), (ready[1], host, faults.isCutToHost)]
      where source.revents & Int16(POLLIN) != 0 {
        let count = recv(source.fd, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { continue }
        let (isLost, isDoubled, isLate) = (
          random.next(100) < faults.lost, random.next(100) < faults.doubled, random.next(100) < faults.reordered
        )
        if isCut || isLost { continue }
        var due = Self.now + Double(faults.delayMilliseconds) / 1000
        if isLate { due += Double(faults.delayMilliseconds + 10) / 1000 }
        for _ in 0..<(isDoubled ? 2 : 1) {
          let place = waiting.lastIndex { $0.due <= due }.map { $0 + 1 } ?? 0
          waiting.insert(Frame(due: due, bytes: Array(buffer[..<count]), target: target), at: place)
        }
      }
    }
  }

  private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

  /// SplitMix64.
  private struct Numbers {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(bound))
    }
  }
}
