import FoundationEssentials

/// Text in a message's header (RFC 2047): what is not plain becomes encoded words, so that no text can end its line.
enum HeaderText {
  private static let characters = 300

  /// - Parameter text: anything. Controls become spaces.
  static func encoded(_ text: String) -> String {
    let clean = String(
      String.UnicodeScalarView(
        text.prefix(characters).unicodeScalars.map { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) ? " " : $0 }))
    // What looks like an encoded word would be read as one.
    if clean.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }), clean.utf8.count <= 60, !clean.contains("=?") { return clean }
    // A line has at most 76 bytes: the header's name, 12 for what surrounds the word, 36 before base 64.
    var words: [String] = []
    var part: [UInt8] = []
    func finish() {
      if !part.isEmpty { words.append("=?UTF-8?B?\(Data(part).base64EncodedString())?=") }
      part.removeAll()
    }
    for character in clean.unicodeScalars {
      let bytes = Array(String(character).utf8)
      if part.count + bytes.count > 36 { finish() }
      part += bytes
    }
    finish()
    return words.joined(separator: "\r\n ")
  }
}
