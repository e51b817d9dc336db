extension JSONValue {
  /// One line, or indented by two spaces a level. Control characters, DEL and the line separators are escaped: what is
  /// printed may be looked at on a terminal.
  public func text(indented: Bool = false) -> String {
    var out: [UInt8] = []
    write(into: &out, indent: indented ? 0 : nil)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(into out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .number(let value): out += String(value).utf8
    case .string(let value): JSONValue.quote(value, into: &out)
    case .array(let values):
      if values.isEmpty { out += "[]".utf8; return }
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newLine(into: &out, indent.map { $0 + 1 })
        value.write(into: &out, indent: indent.map { $0 + 1 })
      }
      newLine(into: &out, indent)
      out.append(UInt8(ascii: "]"))
    case .object(let object):
      if object.members.isEmpty { out += "{}".utf8; return }
      out.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newLine(into: &out, indent.map { $0 + 1 })
        JSONValue.quote(member.key, into: &out)
        out += (indent == nil ? ":" : ": ").utf8
        member.value.write(into: &out, indent: indent.map { $0 + 1 })
      }
      newLine(into: &out, indent)
      out.append(UInt8(ascii: "}"))
    }
  }

  private func newLine(into out: inout [UInt8], _ indent: Int?) {
    guard let indent else { return }
    out.append(0x0A)
    out.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  private static func quote(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: out += "\\\"".utf8
      case 0x5C: out += "\\\\".utf8
      case 0x0A: out += "\\n".utf8
      case 0x0D: out += "\\r".utf8
      case 0x09: out += "\\t".utf8
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
        let digits = String(scalar.value, radix: 16)
        out += "\\u".utf8
        out += String(repeating: "0", count: 4 - digits.count).utf8
        out += digits.utf8
      default: out += UTF8.encode(scalar)!
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
