import Model
import Testing
import Wire

@Suite("server addresses") struct AddressTests {
  @Test(arguments: [
    ("farm", "farm", 51000), ("farm:1234", "farm", 1234), ("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:7", "::1", 7),
    ("::1", "::1", 51000),
    ("[fe80::1]", "fe80::1", 51000),
  ])
  func good(text: String, host: String, port: Int) throws {
    let address = try ServerAddress(parsing: text)
    #expect(address == ServerAddress(host: host, port: port))
    #expect(try ServerAddress(parsing: "\(address)") == address)
  }

  @Test(arguments: ["", ":51000", "farm:", "farm:x", "farm:70000", "a b:1", "[::1]x"])
  func bad(text: String) {
    #expect(throws: Failure.self) { try ServerAddress(parsing: text) }
  }
}
