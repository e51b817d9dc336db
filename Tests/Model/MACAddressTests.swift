import Model
import Testing

@Suite("MAC addresses")
struct MACAddressTests {
  @Test(
    "are read with colons, with hyphens, or without anything",
    arguments: ["02:1a:FF:00:9c:7e", "02-1A-ff-00-9c-7e", "021aff009c7E"])
  func formats(_ text: String) throws {
    let address = try MACAddress(text)
    #expect(address.bytes == [0x02, 0x1a, 0xff, 0x00, 0x9c, 0x7e])
    #expect(address.description == "02:1a:ff:00:9c:7e")
  }

  @Test(
    "what is none is refused with the place of the first wrong character",
    arguments: [
      ("", 1), ("0", 2), ("zz:1a:ff:00:9c:7e", 1), ("02:1a:ff:00:9c:7", 17), ("02:1a:ff:00:9c:7e:", 18), ("02:1a:ff:00:9c:7g", 17),
      ("02:1a-ff:00:9c:7e", 6), ("02:1aff:00:9c:7e", 6), ("021aff009c7", 12), ("021aff009c7e1", 13), ("02 1a", 3), (" 02:1a", 1),
      ("02:1a:ff:00:9c", 15), ("٠٢:1a:ff:00:9c:7e", 1), ("02:1a:ff:00:9c:7e\n", 18), ("--help", 1), ("1.2.3.4", 2),
    ])
  func places(_ text: String, _ position: Int) {
    let fault = #expect(throws: MACAddress.Fault.self) { try MACAddress(text) }
    #expect(fault?.position == position)
    #expect(fault?.description.hasPrefix("character \(position): ") == true)
  }
}
