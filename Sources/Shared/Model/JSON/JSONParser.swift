/// What is wrong with a text that should be JSON, and where.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 1.
  public let line: Int
  /// In characters (Unicode scalars), from 1.
  public let column: Int
  public let message: String
  public var description: String { "line \(line), column \(column): \(message)" }
}

/// Reads JSON (RFC 8259) from bytes: bounded in depth, strict (no comments, no trailing commas, no key twice), and exact about
/// where it went wrong. Linear in the size of the text.
public struct JSONParser {
  let bytes: [UInt8]
  var at = 0
  /// Lists of tasks that were met, by the index of their block.
  var listed: [Int: ListedTasks] = [:]

  private static let smallObject = 16

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: `JSONSyntaxError` at the first fault.
  public static func parse(_ bytes: some Sequence<UInt8>) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(Array(bytes))
    return try parser.document(.other)
  }

  mutating func document(_ surroundings: Surroundings) throws(JSONSyntaxError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    skipSpace()
    let value = try value(depth: 0, in: surroundings)
    skipSpace()
    if at < bytes.count { throw fault("something follows the document") }
    return value
  }

  public static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue { try parse(Array(text.utf8)) }

  func fault(_ message: String, at place: Int? = nil) -> JSONSyntaxError {
    let place = min(place ?? at, bytes.count)
    var line = 1
    var column = 1
    for byte in bytes[..<place] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return JSONSyntaxError(line: line, column: column, message: message)
  }

  mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 { at += 1 }
  }

  mutating func value(depth: Int, in surroundings: Surroundings) throws(JSONSyntaxError) -> JSONValue {
    guard depth < Limits.jsonDepth else { throw fault("nested deeper than \(Limits.jsonDepth) levels") }
    guard at < bytes.count else { throw fault("the text ends where a value was expected") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object(depth: depth, in: surroundings)
    case UInt8(ascii: "["): return try array(depth: depth, in: surroundings)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fault("expected a value, found \(shown(bytes[at]))")
    }
  }

  func shown(_ byte: UInt8) -> String {
    (0x21..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count,
      (0..<count).allSatisfy({ bytes[at + $0] == text.utf8Start[$0] })
    else { throw fault("expected \(text)") }
    at += count
    return value
  }

  private mutating func object(depth: Int, in surroundings: Surroundings) throws(JSONSyntaxError) -> JSONValue {
    at += 1
    var members: [(key: String, value: JSONValue)] = []
    // Small objects, of which a document may have a million, are searched as they are.
    var seen: Set<String> = []
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      at += 1
      return .object(JSONObject())
    }
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("expected a key in double quotes") }
      let place = at
      let key = try string()
      if members.count == Self.smallObject { seen = Set(members.map(\.key)) }
      let isNew = members.count < Self.smallObject ? !members.contains { $0.key == key } : seen.insert(key).inserted
      guard isNew else { throw fault("the key \"\(key)\" stands twice in one object", at: place) }
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { throw fault("expected ':' after the key \"\(key)\"") }
      at += 1
      skipSpace()
      if let (block, path) = tasksBegin(key, in: surroundings) {
        try listedTasks(of: block, path: path, depth: depth + 1)
        members.append((key: key, value: .array([])))
      } else {
        let inner = Self.surroundings(of: key, in: surroundings)
        members.append((key: key, value: try value(depth: depth + 1, in: inner)))
      }
      skipSpace()
      guard at < bytes.count else { throw fault("the text ends inside an object") }
      if bytes[at] == UInt8(ascii: "}") { break }
      guard bytes[at] == UInt8(ascii: ",") else { throw fault("expected ',' or '}', found \(shown(bytes[at]))") }
      at += 1
    }
    at += 1
    return .object(JSONObject(members))
  }

  private mutating func array(depth: Int, in surroundings: Surroundings) throws(JSONSyntaxError) -> JSONValue {
    at += 1
    var values: [JSONValue] = []
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      return .array([])
    }
    while true {
      skipSpace()
      var inner = Surroundings.other
      if case .blocks = surroundings { inner = .block(values.count) }
      values.append(try value(depth: depth + 1, in: inner))
      skipSpace()
      guard at < bytes.count else { throw fault("the text ends inside a list") }
      if bytes[at] == UInt8(ascii: "]") { break }
      guard bytes[at] == UInt8(ascii: ",") else { throw fault("expected ',' or ']', found \(shown(bytes[at]))") }
      at += 1
    }
    at += 1
    return .array(values)
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    let start = at
    at += 1
    var run = at
    var out: [UInt8] = []
    while true {
      guard at < bytes.count else { throw fault("a string that is not closed", at: start) }
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") { break }
      if byte < 0x20 { throw fault("a control character in a string (write it as \\u00\(hex(byte)))") }
      if byte == UInt8(ascii: "\\") {
        out.append(contentsOf: bytes[run..<at])
        try escape(into: &out)
        run = at
      } else {
        at += 1
      }
    }
    let text: String?
    if out.isEmpty {
      text = String(validating: bytes[run..<at], as: UTF8.self)
    } else {
      out.append(contentsOf: bytes[run..<at])
      text = String(validating: out, as: UTF8.self)
    }
    guard let text else { throw fault("a string that is not UTF-8", at: start) }
    at += 1
    return text
  }

  private func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count < 2 ? "0" + text : text
  }

  private mutating func escape(into out: inout [UInt8]) throws(JSONSyntaxError) {
    let start = at
    guard at + 1 < bytes.count else { throw fault("the text ends inside an escape") }
    let mark = bytes[at + 1]
    at += 2
    switch mark {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(mark)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try fourDigits(start)
      if (0xD800..<0xDC00).contains(code) {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
          throw fault("half of a surrogate pair", at: start)
        }
        at += 2
        let low = try fourDigits(start)
        guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair", at: start) }
      out.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw fault("an escape that JSON does not have", at: start)
    }
  }

  private mutating func fourDigits(_ start: Int) throws(JSONSyntaxError) -> UInt32 {
    guard at + 4 <= bytes.count else { throw fault("\\u wants four digits", at: start) }
    var code: UInt32 = 0
    for byte in bytes[at..<at + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault("\\u wants four digits", at: start) }
      code = code << 4 | UInt32(digit)
    }
    at += 4
    return code
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = at
    var isWhole = true
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let digits = at
    while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
    guard at > digits else { throw fault("a number without digits", at: start) }
    if bytes[digits] == 0x30, at - digits > 1 { throw fault("a number that begins with 0", at: start) }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      let from = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
      guard at > from else { throw fault("no digits after the point", at: start) }
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      let from = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
      guard at > from else { throw fault("no digits in the exponent", at: start) }
    }
    guard at - start <= 64 else { throw fault("a number of more than 64 characters", at: start) }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fault("a number out of range", at: start) }
    return .number(value)
  }
}
