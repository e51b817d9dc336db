/// One task as it lies in a `TaskList`: the lengths of its name and command, whether there is more, their text; then, if there is
/// more, files and environment, each as a count and texts with their lengths, the environment in the order of its keys.
struct TaskRecord {
  private let text: [UInt8]
  private let nameRange: Range<Int>
  private let commandRange: Range<Int>
  private let hasMore: Bool

  /// - Parameter range: of a record that `write` made or `end` looked through.
  init(_ text: [UInt8], _ range: Range<Int>) {
    var at = range.lowerBound
    let nameLength = Self.number(text, &at) ?? 0
    let command = Self.number(text, &at) ?? 0
    self.text = text
    nameRange = at..<at + nameLength
    commandRange = at + nameLength..<at + nameLength + command >> 1
    hasMore = command & 1 == 1
  }

  var name: String { String(decoding: text[nameRange], as: UTF8.self) }
  var command: String { String(decoding: text[commandRange], as: UTF8.self) }
  var hasCommand: Bool { !text[commandRange].isBlank }

  var task: TaskSpec {
    var task = TaskSpec(name: name, command: command)
    guard hasMore else { return task }
    var at = commandRange.upperBound
    let files = Self.number(text, &at) ?? 0
    for _ in 0..<files { task.files.append(string(&at)) }
    let entries = Self.number(text, &at) ?? 0
    for _ in 0..<entries {
      let key = string(&at)
      task.environment[key] = string(&at)
    }
    return task
  }

  private func string(_ at: inout Int) -> String {
    let length = Self.number(text, &at) ?? 0
    defer { at += length }
    return String(decoding: text[at..<at + length], as: UTF8.self)
  }

  // MARK: Writing

  static func write(_ task: TaskSpec, into out: inout [UInt8]) {
    begin(&out, name: task.name.utf8.count, command: task.command.utf8.count, hasMore: hasMore(task))
    out += task.name.utf8
    out += task.command.utf8
    if hasMore(task) { writeMore(task, into: &out) }
  }

  static func hasMore(_ task: TaskSpec) -> Bool { !task.files.isEmpty || !task.environment.isEmpty }

  static func begin(_ out: inout [UInt8], name: Int, command: Int, hasMore: Bool) {
    number(name, into: &out)
    number(command << 1 | (hasMore ? 1 : 0), into: &out)
  }

  private static func writeMore(_ task: TaskSpec, into out: inout [UInt8]) {
    func write(_ text: String) {
      number(text.utf8.count, into: &out)
      out += text.utf8
    }
    number(task.files.count, into: &out)
    for file in task.files { write(file) }
    number(task.environment.count, into: &out)
    for (key, value) in task.environment.sorted(by: { $0.key < $1.key }) {
      write(key)
      write(value)
    }
  }

  // MARK: Checking

  /// Where the record ends that begins here; nil when it is none.
  static func end(_ bytes: [UInt8], from start: Int) -> Int? {
    var at = start
    guard let name = number(bytes, &at), let command = number(bytes, &at) else { return nil }
    guard skip(name, bytes, &at), skip(command >> 1, bytes, &at) else { return nil }
    guard command & 1 == 1 else { return at }
    guard let files = number(bytes, &at) else { return nil }
    for _ in 0..<files { guard let length = number(bytes, &at), skip(length, bytes, &at) else { return nil } }
    guard let entries = number(bytes, &at) else { return nil }
    for _ in 0..<entries {
      for _ in 0..<2 { guard let length = number(bytes, &at), skip(length, bytes, &at) else { return nil } }
    }
    return at
  }

  private static func skip(_ length: Int, _ bytes: [UInt8], _ at: inout Int) -> Bool {
    guard length <= bytes.count - at else { return false }
    at += length
    return true
  }

  // MARK: Numbers

  /// Seven bits a byte, the least first; all but the last have the eighth.
  private static func number(_ value: Int, into out: inout [UInt8]) {
    var rest = value
    while rest > 0x7F {
      out.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    out.append(UInt8(rest))
  }

  private static func number(_ bytes: [UInt8], _ at: inout Int) -> Int? {
    var value = 0
    var shift = 0
    while at < bytes.count, shift < 42 {
      let byte = bytes[at]
      at += 1
      value |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }
}

extension Sequence<UInt8> {
  /// Nothing but spaces, tabs and ends of lines.
  var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D } }
}

extension String {
  var isBlank: Bool { utf8.isBlank }
}
