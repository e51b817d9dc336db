import Model
import Testing

@Suite("JSON")
struct JSONTests {
  @Test(
    "a fault is named with its line and column",
    arguments: [
      ("", 1, 1, "the text ends where a value was expected"), ("  \n ", 2, 2, "the text ends"), ("{", 1, 2, "expected a key"),
      ("[1,", 1, 4, "the text ends"), ("[1", 1, 3, "the text ends inside a list"),
      ("{\"a\":1", 1, 7, "the text ends inside an object"),
      ("{\"a\" 1}", 1, 6, "expected ':' after the key \"a\""), ("{a:1}", 1, 2, "expected a key in double quotes"),
      ("{\"a\":1,}", 1, 8, "expected a key"), ("[1,]", 1, 4, "expected a value, found ']'"),
      ("[1 2]", 1, 4, "expected ',' or ']', found '2'"),
      ("{\"a\":1 \"b\":2}", 1, 8, "expected ',' or '}'"), ("1 2", 1, 3, "something follows the document"),
      ("{\"a\":1,\n \"b\":2,\n \"a\":3}", 3, 2, "the key \"a\" stands twice"), ("tru", 1, 1, "expected true"),
      ("nul", 1, 1, "expected null"),
      ("[false,\n falsch]", 2, 2, "expected false"), ("\"abc", 1, 1, "a string that is not closed"),
      ("\"a\nb\"", 1, 3, "a control character"),
      ("\"\\x\"", 1, 2, "an escape that JSON does not have"), ("\"\\u12g4\"", 1, 2, "four digits"),
      ("\"\\u12", 1, 2, "four digits"),
      ("\"ab\\ud800\"", 1, 4, "half of a surrogate pair"), ("\"\\ud800\\u0041\"", 1, 2, "half of a surrogate pair"),
      ("\"\\udc00\"", 1, 2, "half of a surrogate pair"), ("\"\\", 1, 2, "the text ends inside an escape"),
      ("01", 1, 1, "begins with 0"),
      ("-", 1, 1, "without digits"), ("1.", 1, 1, "after the point"), ("1e", 1, 1, "in the exponent"),
      (".5", 1, 1, "expected a value"),
      ("+1", 1, 1, "expected a value, found '+'"), ("1e999", 1, 1, "out of range"), ("NaN", 1, 1, "expected a value, found 'N'"),
      ("// x\n1", 1, 1, "expected a value, found '/'"), ("['a']", 1, 2, "found '''"), ("\u{1}", 1, 1, "found byte 1"),
      ("[\"äöü\", x]", 1, 9, "found 'x'"), ("[\"𝄞\",\r\n x]", 2, 2, "found 'x'"),
    ])
  func faults(text: String, line: Int, column: Int, message: String) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(text) }
    #expect(error?.line == line)
    #expect(error?.column == column)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test("what is not UTF-8 is refused")
  func notUTF8() {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x20, 0x22, 0xFF, 0x22]) }
    #expect(error?.description == "line 1, column 2: a string that is not UTF-8")
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test("values are read as they are written")
  func values() throws {
    #expect(try JSONParser.parse("null") == .null)
    #expect(try JSONParser.parse(" true ") == .bool(true))
    #expect(try JSONParser.parse("-0") == .integer(0))
    #expect(try JSONParser.parse("9223372036854775807") == .integer(.max))
    #expect(try JSONParser.parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSONParser.parse("-1.5e2") == .number(-150))
    #expect(try JSONParser.parse("\"\\ud834\\udd1e\\u00e4\\/\\\"\\\\\\b\\f\\n\\r\\t\"") == .string("𝄞ä/\"\\\u{8}\u{C}\n\r\t"))
    #expect(try JSONParser.parse("\"a\\u0000b\"") == .string("a\0b"))
    #expect(try JSONParser.parse([0xEF, 0xBB, 0xBF] + Array("[]".utf8)) == .array([]))
    #expect(try JSONParser.parse("{\"b\":1,\"a\":{}}") == .object(["b": .integer(1), "a": .object([:])]))
    #expect(try JSONParser.parse("{\"b\":1,\"a\":2}") != .object(["a": .integer(2), "b": .integer(1)]))
  }

  @Test("lists and objects may be nested to the limit, no deeper")
  func depth() throws {
    let most = Limits.jsonDepth
    #expect(throws: Never.self) { try JSONParser.parse(String(repeating: "[", count: most) + String(repeating: "]", count: most)) }
    let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(String(repeating: "[", count: most + 1)) }
    #expect(error?.column == most + 1)
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(String(repeating: "{\"a\":", count: 100_000)) }
  }

  @Test("a key twice is found in small and in large objects", arguments: [1, 2, 15, 16, 17, 18, 100])
  func duplicates(count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }
    #expect(try JSONParser.parse("{" + members.joined(separator: ",") + "}").object?.members.count == count)
    for twice in [0, count / 2, count - 1] {
      #expect(throws: JSONSyntaxError.self) {
        try JSONParser.parse("{" + (members + ["\"k\(twice)\":0"]).joined(separator: ",") + "}")
      }
    }
  }

  @Test("what is written is read back the same", arguments: 1...4)
  func roundTrip(seed: Int) throws {
    var random = SplitMix(UInt64(seed))
    for _ in 0..<300 {
      let value = Self.random(4, &random)
      #expect(try JSONParser.parse(value.text()) == value)
      #expect(try JSONParser.parse(value.text(indented: true)) == value)
    }
  }

  @Test("no bytes make the parser fail otherwise than by a JSONSyntaxError", arguments: 1...4)
  func fuzz(seed: Int) {
    var random = SplitMix(UInt64(seed))
    for _ in 0..<2_000 {
      var bytes = Array(Self.random(3, &random).text().utf8)
      for _ in 0..<random.next(4) + 1 where !bytes.isEmpty {
        switch random.next(3) {
        case 0: bytes[random.next(bytes.count)] = UInt8(random.next(256))
        case 1: bytes.remove(at: random.next(bytes.count))
        default: bytes.insert(Array("{}[]\",:\\u0".utf8)[random.next(10)], at: random.next(bytes.count))
        }
      }
      do throws(JSONSyntaxError) {
        let value = try JSONParser.parse(bytes)
        #expect((try? JSONParser.parse(value.text())) == value)
      } catch {
        #expect(error.line >= 1 && error.column >= 1 && error.column <= bytes.count + 1)
      }
    }
  }

  @Test("what could harm a terminal is written as an escape")
  func escapes() {
    #expect(JSONValue.string("\u{1B}[2J\u{7F}\u{9B}\u{2028}é").text() == "\"\\u001b[2J\\u007f\\u009b\\u2028é\"")
    #expect(
      JSONValue.object(["a": .array([.integer(1), .object([:])])]).text(indented: true) == "{\n  \"a\": [\n    1,\n    {}\n  ]\n}")
  }

  static func random(_ depth: Int, _ random: inout SplitMix) -> JSONValue {
    switch random.next(depth == 0 ? 5 : 7) {
    case 0: return .null
    case 1: return .bool(random.next(2) == 0)
    case 2: return .integer(Int64(truncatingIfNeeded: random.next() >> UInt64(random.next(64))))
    case 3: return .number(Double(Int64(truncatingIfNeeded: random.next() >> 20)) / 1024 + 0.5 / 1024)
    case 4: return .string(text(&random))
    case 5: return .array((0..<random.next(5)).map { _ in self.random(depth - 1, &random) })
    default:
      return .object(
        JSONObject((0..<random.next(24)).map { (key: "\($0):" + text(&random), value: self.random(depth - 1, &random)) }))
    }
  }

  private static func text(_ random: inout SplitMix) -> String {
    String(
      String.UnicodeScalarView(
        (0..<random.next(6)).compactMap { _ in Unicode.Scalar(UInt32(random.next(random.next(3) == 0 ? 0x11_0000 : 0x80))) }))
  }
}
