import Glibc
import Model

/// Where magic packets go: to everybody on one network.
struct BroadcastTarget: Hashable, Sendable {
  /// The interface that leads there; nil where an address was given.
  let interface: String?
  /// IPv4, in network byte order.
  let address: in_addr_t

  var text: String {
    var buffer = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
    var address = in_addr(s_addr: address)
    guard inet_ntop(AF_INET, &address, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// - Returns: nil when the text is no IPv4 address.
  init?(_ text: String) {
    var address = in_addr()
    guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
    self.init(interface: nil, address: address.s_addr)
  }

  private init(interface: String?, address: in_addr_t) {
    self.interface = interface
    self.address = address
  }

  /// The broadcast addresses of all IPv4 networks that this machine is on, without loopback.
  static func ofThisMachine() -> [BroadcastTarget] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var targets: [BroadcastTarget] = []
    var at = list
    while let entry = at?.pointee {
      at = entry.ifa_next
      let flags = Int(entry.ifa_flags)
      guard flags & Int(IFF_UP) != 0, flags & Int(IFF_BROADCAST) != 0, flags & Int(IFF_LOOPBACK) == 0,
        let address = entry.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET),
        let broadcast = entry.ifa_ifu.ifu_broadaddr
      else { continue }
      let number = broadcast.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr.s_addr }
      let target = BroadcastTarget(interface: String(cString: entry.ifa_name), address: number)
      if number != 0, !targets.contains(target) { targets.append(target) }
    }
    return targets
  }
}
