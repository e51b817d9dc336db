import Foundation
import Model
import TestSupport

@testable import Render

/// A real keeper in a folder of its own, and a client that speaks with it.
final class TestKeeper {
  let scratch: ScratchFolder
  let folder: KeeperFolder
  private(set) var program: Program
  private var socket: Int32 = -1
  private var inbox = MessageBuffer()
  /// All that the keeper has said, in order.
  private(set) var reports: [KeeperReport] = []
  private var taken = 0

  init(below path: String = "keeper") throws {
    scratch = try ScratchFolder()
    folder = KeeperFolder(scratch.file(path))
    program = try Program("reeve-render", ["keeper", "--state", folder.path], scratch: scratch)
    try connect()
  }

  deinit {
    disconnect()
    program.signal(SIGKILL)
    _ = try? program.wait()
  }

  func connect() throws {
    socket = try observe("a keeper that listens", seen: { self.program.errors }) { try? KeeperSocket.connect(in: folder) }
    KeeperSocket.setNonBlocking(socket)
    inbox = MessageBuffer()
    reports = []
    taken = 0
  }

  func disconnect() {
    if socket >= 0 { close(socket) }
    socket = -1
  }

  /// Starts another keeper in the same folder.
  func startAnother() throws {
    program = try Program("reeve-render", ["keeper", "--state", folder.path], scratch: scratch)
    try connect()
  }

  func send(_ request: KeeperRequest) { send(bytes: request.encoded()) }

  func send(bytes: [UInt8]) { _ = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } }

  /// Takes in what has come. - Returns: false when the keeper has closed the connection.
  @discardableResult
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    let count = recv(socket, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN { return true }
    guard count > 0 else { return false }
    inbox.append(buffer[..<count])
    while let message = try inbox.next() {
      if let report = try KeeperReport.decode(message) { reports.append(report) }
    }
    return true
  }

  /// Waits for the next report that `look` takes; those before it are passed over.
  func next<Value>(_ what: String, limit: Double = 30, _ look: (KeeperReport) -> Value?) throws -> Value {
    try observe(what, limit: limit, every: 5, seen: { "\(self.reports.suffix(20))\n\(self.program.errors)" }) {
      try receive()
      while taken < reports.count {
        taken += 1
        if let value = look(reports[taken - 1]) { return value }
      }
      return nil
    }
  }

  func untilClosed() throws { try observe("the end of the connection") { try !receive() } }

  // MARK: - Runs

  func start(
    _ number: UInt64, _ arguments: [String], directory: String? = nil, environment: [String] = ["PATH=/usr/bin:/bin"],
    nice: Int32 = 10
  ) {
    send(
      .start(
        TaskStart(
          lease: Lease(number), note: [1, 2, 3], program: arguments[0], arguments: arguments, environment: environment,
          directory: directory ?? scratch.path, nice: nice)))
  }

  func shell(_ number: UInt64, _ line: String, directory: String? = nil) {
    start(number, ["/bin/sh", "-c", line], directory: directory)
  }

  func started(_ number: UInt64) throws -> Int32 {
    try next("the start of run \(number)") { if case .started(Lease(number), let pid) = $0 { pid } else { nil } }
  }

  @discardableResult
  func ended(_ number: UInt64) throws -> RunRecord {
    try next("the end of run \(number)") { if case .ended(Lease(number), let record) = $0 { record } else { nil } }
  }

  func list() throws -> [KeptRun] {
    send(.list)
    var runs: [KeptRun] = []
    _ = try next("the list") { report -> Bool? in
      if case .kept(let run) = report { runs.append(run) }
      return report == .listed ? true : nil
    }
    return runs
  }

  /// All that is kept of the output, as portions.
  func output(_ number: UInt64) throws -> [(offset: UInt64, text: String)] {
    var portions: [(offset: UInt64, text: String)] = []
    var at: UInt64 = 0
    while true {
      send(.read(Lease(number), offset: at, limit: 65536))
      let (offset, data) = try next("a portion") { report -> (UInt64, [UInt8])? in
        if case .portion(Lease(number), let offset, _, let data) = report { (offset, data) } else { nil }
      }
      if data.isEmpty { return portions }
      portions.append((offset, String(decoding: data, as: UTF8.self)))
      at = offset + UInt64(data.count)
    }
  }

  func text(_ number: UInt64) throws -> String { try output(number).map(\.text).joined() }

  /// Names in the folder of runs.
  var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.runs))?.sorted() ?? [] }
}

/// Whether a process exists and is no zombie.
func isAlive(_ pid: Int32) -> Bool {
  guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
    return false
  }
  return !text[text.index(after: end)...].hasPrefix(" Z")
}
