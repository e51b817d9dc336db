/// The six bytes that a network card is woken by.
public struct MACAddress: Hashable, Sendable, CustomStringConvertible {
  /// Always six.
  public let bytes: [UInt8]

  /// What is wrong with a text that should be a MAC address, and where.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Of the wrong character, from 1; one behind the last where the text is too short.
    public let position: Int
    public let description: String
  }

  /// Reads `aa:bb:cc:dd:ee:ff`, `aa-bb-cc-dd-ee-ff` or `aabbccddeeff`, in letters of either case.
  ///
  /// - Throws: `Fault` at the first wrong character.
  public init(_ text: String) throws(Fault) {
    let characters = Array(text)
    // What stands behind the first byte stands behind each but the last.
    let separator: Character? = characters.count > 2 && (characters[2] == ":" || characters[2] == "-") ? characters[2] : nil
    var bytes: [UInt8] = []
    var at = 0
    func fault(_ expected: String) -> Fault {
      let found = at < characters.count ? "found \(Self.shown(characters[at]))" : "the text ends"
      return Fault(position: at + 1, description: "character \(at + 1): \(found) where \(expected) is expected")
    }
    while bytes.count < 6 {
      if let separator, !bytes.isEmpty {
        guard at < characters.count, characters[at] == separator else { throw fault("'\(separator)'") }
        at += 1
      }
      var byte: UInt8 = 0
      for _ in 0..<2 {
        guard at < characters.count, let digit = Self.digit(characters[at]) else { throw fault("a hexadecimal digit") }
        byte = byte << 4 | digit
        at += 1
      }
      bytes.append(byte)
    }
    guard at == characters.count else { throw fault("the end of the address") }
    self.bytes = bytes
  }

  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }

  private static func digit(_ character: Character) -> UInt8? {
    character.isASCII ? character.hexDigitValue.map { UInt8($0) } : nil
  }

  private static func shown(_ character: Character) -> String {
    if let byte = character.asciiValue, (0x21..<0x7f).contains(byte) { return "'\(character)'" }
    if character == " " { return "a space" }
    return "U+" + (character.unicodeScalars.first.map { String($0.value, radix: 16, uppercase: true) } ?? "")
  }
}
