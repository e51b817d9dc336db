import Files

/// The agent's own UUID, made once and kept in its state directory: the server knows by it that a name is still the same agent's.
enum AgentIdentity {
  static func loadOrCreate(_ path: String) throws(FileError) -> String {
    if let bytes = try AtomicFile.read(path, limit: 1024),
      let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first,
      line.utf8.count == 36
    {
      return String(line)
    }
    let identity = random()
    try AtomicFile.write(Array("\(identity)\n".utf8), to: path, mode: 0o600)
    return identity
  }

  /// A random UUID (version 4).
  private static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    var text = ""
    for (at, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(at) { text += "-" }
      let digits = String(byte, radix: 16)
      text += digits.count == 1 ? "0" + digits : digits
    }
    return text
  }
}
