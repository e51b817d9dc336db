import Glibc

/// How many sockets of TCP are in which state, by /proc/net/tcp: what `ss -tan` counts.
struct Sockets {
  /// Connections that the server has closed first: FIN-WAIT, CLOSING and TIME-WAIT at its port.
  var closedByServer = 0
  /// TIME-WAIT at the clients' ends.
  var waitingAtClients = 0
  /// ESTABLISHED at the server's port.
  var established = 0

  init(port: Int) {
    guard let file = fopen("/proc/net/tcp", "r") else { return }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), file) != nil {
      let fields = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: 0x20)
      guard fields.count > 3, let state = Int(String(decoding: fields[3], as: UTF8.self), radix: 16) else { continue }
      // Clients at the other addresses of loopback may have a port of the same number.
      let isServer = Self.port(fields[1]) == port && fields[1].starts(with: Array("0100007F:".utf8))
      switch state {
      case 1 where isServer: established += 1
      case 4, 5, 6, 11:
        if isServer { closedByServer += 1 } else if state == 6, Self.port(fields[2]) == port { waitingAtClients += 1 }
      default: break
      }
    }
  }

  private static func port(_ field: some Collection<UInt8>) -> Int {
    Int(String(decoding: field.drop { $0 != 0x3A }.dropFirst(), as: UTF8.self), radix: 16) ?? 0
  }
}
