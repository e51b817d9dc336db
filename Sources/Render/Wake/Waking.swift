import Glibc
import Model

/// Sends magic packets: each several times, since nobody confirms one.
struct Waking {
  static let repetitions = 3
  /// Between two rounds: a card that missed one for the noise on the line hears the next.
  private static let pauseMicroseconds: useconds_t = 50_000

  let addresses: [MACAddress]
  let targets: [BroadcastTarget]
  let port: UInt16

  /// - Parameters:
  ///   - say: gets one line for each packet that was sent, and for each that was not.
  /// - Returns: how many were sent.
  func send(say: (_ line: String, _ isFault: Bool) -> Void) -> Int {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else {
      say("no socket for UDP: \(String(cString: strerror(errno)))", true)
      return 0
    }
    defer { close(socket) }
    var on: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_BROADCAST, &on, socklen_t(MemoryLayout<Int32>.size))
    var sent = 0
    for round in 1...Self.repetitions {
      if round > 1 { usleep(Self.pauseMicroseconds) }
      for address in addresses {
        let packet = MagicPacket.bytes(for: address)
        for target in targets {
          let place = "\(target.text):\(port)" + (target.interface.map { " (\($0))" } ?? "")
          if let code = Self.send(packet, on: socket, to: target, port: port) {
            say("no magic packet for \(address) to \(place): \(String(cString: strerror(code)))", true)
          } else {
            say("magic packet \(round) of \(Self.repetitions) for \(address) sent to \(place)", false)
            sent += 1
          }
        }
      }
    }
    return sent
  }

  /// - Returns: errno; nil when it is on its way.
  private static func send(_ packet: [UInt8], on socket: Int32, to target: BroadcastTarget, port: UInt16) -> Int32? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = target.address
    let count = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(socket, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return count == packet.count ? nil : errno
  }
}
