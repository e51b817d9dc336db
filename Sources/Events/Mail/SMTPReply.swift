/// What a mail server answers: a number of three digits, and its words.
struct SMTPReply: Hashable, Sendable {
  let code: Int
  /// Without the number; one for each line.
  let lines: [String]

  var isPositive: Bool { (200..<400).contains(code) }
  /// For messages: the whole reply in one line, at most 300 characters.
  var text: String { "\(code) " + String(lines.joined(separator: " ").prefix(300)) }

  struct Malformed: Error, Sendable {
    let description: String
  }

  /// Cuts a stream into replies.
  struct Reader: Sendable {
    static let lineBytes = 4096
    static let linesLimit = 100

    private var bytes: [UInt8] = []
    private var lines: [String] = []
    private var code: Int?

    /// Nothing of a further reply has come.
    var isEmpty: Bool { bytes.isEmpty && lines.isEmpty }

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// - Returns: nil when more is needed.
    mutating func next() throws(Malformed) -> SMTPReply? {
      while let end = bytes.firstIndex(of: 0x0a) {
        var line = bytes[..<end]
        if line.last == 0x0d { line = line.dropLast() }
        let text = String(decoding: line, as: UTF8.self)
        bytes.removeFirst(end + 1)
        guard line.count >= 3, let number = Int(text.prefix(3)), (200..<600).contains(number),
          code == nil || code == number, line.count == 3 || line[3] == 0x20 || line[3] == 0x2d
        else { throw Malformed(description: "the server answers what is not SMTP: \(Self.shown(text))") }
        code = number
        lines.append(Self.shown(String(text.dropFirst(4))))
        guard lines.count <= Self.linesLimit else { throw Malformed(description: "the server answers without an end") }
        if line.count == 3 || line[3] == 0x20 {
          defer {
            lines = []
            code = nil
          }
          return SMTPReply(code: number, lines: lines)
        }
      }
      guard bytes.count <= Self.lineBytes else { throw Malformed(description: "the server answers a line without an end") }
      return nil
    }

    private static func shown(_ text: String) -> String {
      String(String.UnicodeScalarView(text.prefix(500).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }))
    }
  }
}
