import Glibc
public import Logging
import Model

/// A log line as text (`2026-11-22T01:37:05.123Z notice: text`) or as one JSON object.
public struct LineLogHandler: LogHandler {
  private let style: LogStyle
  private let writer: LineWriter
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?

  public init(style: LogStyle, level: Logger.Level, writer: LineWriter) {
    self.style = style
    self.writer = writer
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) { line(event.level, event.message, event.metadata) }

  private func line(_ level: Logger.Level, _ message: Logger.Message, _ extra: Logger.Metadata?) {
    let all = extra.map { metadata.merging($0, uniquingKeysWith: { $1 }) } ?? metadata
    let time = Self.time()
    switch style {
    case .text:
      var line = "\(time) \(level): \(Self.oneLine(message.description))"
      for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(Self.oneLine(value.description))" }
      writer.write(line)
    case .json:
      var object = JSONObject([
        (key: "time", value: .string(time)), (key: "level", value: .string(level.rawValue)),
        (key: "message", value: .string(message.description)),
      ])
      for (key, value) in all.sorted(by: { $0.key < $1.key }) { object[key] = .string(value.description) }
      writer.write(JSONValue.object(object).text())
    }
  }

  /// What others have said (names of jobs, reasons) may not make lines of its own.
  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  /// Now, in UTC, to the millisecond.
  private static func time() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func padded(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let day = "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
    let clock = "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
    return "\(day)T\(clock).\(padded(now.tv_nsec / 1_000_000, 3))Z"
  }
}
