import Glibc
import Model

extension NetworkInterface {
  /// The machine's network cards that have a MAC address, with their addresses; by name.
  static func ofThisMachine() -> [NetworkInterface] {
    var all: [String: NetworkInterface] = [:]
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var at = list
    while let entry = at?.pointee {
      at = entry.ifa_next
      let name = String(cString: entry.ifa_name)
      if all[name] == nil {
        guard let mac = mac(of: name) else { continue }
        all[name] = NetworkInterface(name: name, mac: mac, addresses: [])
      }
      if let address = entry.ifa_addr.flatMap(text) { all[name]?.addresses.append(address) }
    }
    return all.values.sorted { $0.name < $1.name }
  }

  private static func mac(of name: String) -> String? {
    guard let text = ProcFile.lines("/sys/class/net/\(name)/address")?.first else { return nil }
    return text.count == 17 && text != "00:00:00:00:00:00" ? String(text) : nil
  }

  private static func text(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
    let length: Int
    switch Int32(address.pointee.sa_family) {
    case AF_INET: length = MemoryLayout<sockaddr_in>.size
    case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
    default: return nil
    }
    var host = [CChar](repeating: 0, count: 256)
    guard getnameinfo(address, socklen_t(length), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else { return nil }
    return String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// What the agent says of its operating system: Afanasy's tokens, with the distribution.
enum OperatingSystem {
  static let text: String = {
    var names: [Substring: Substring] = [:]
    for line in ProcFile.lines("/etc/os-release") ?? [] {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { names[parts[0]] = parts[1].trimmingQuotes }
    }
    return (["unix", "linux", "\(Int.bitWidth)"] + [names["ID"], names["VERSION_ID"]].compactMap { $0.map(String.init) })
      .joined(separator: " ")
  }()
}

extension Substring {
  fileprivate var trimmingQuotes: Substring { count >= 2 && first == "\"" && last == "\"" ? dropFirst().dropLast() : self }
}
