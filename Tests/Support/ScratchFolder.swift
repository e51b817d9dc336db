import Foundation

/// A folder of one test's own, gone when the test is.
public final class ScratchFolder: Sendable {
  public let path: String

  public init() throws {
    var template = Array("/tmp/reeve-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String, mode: mode_t = 0o644) throws -> String {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    chmod(file(name), mode)
    return file(name)
  }

  public func read(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }

  public func folder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    return file(name)
  }
}
