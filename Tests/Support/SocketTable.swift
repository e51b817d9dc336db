import Glibc

/// The system's sockets of TCP, as `ss -tan` lists them.
public struct SocketTable {
  /// As in /proc/net/tcp.
  public enum State: Int, Sendable {
    case established = 1
    case finWait1 = 4
    case finWait2 = 5
    case timeWait = 6
    case closeWait = 8
    case lastAck = 9
    case listen = 10
    case closing = 11
  }

  public struct Row: Hashable, Sendable {
    /// Address and port, as the system writes them.
    public let local: String
    public let remote: String
    public let state: Int
    public var localPort: Int { Self.port(local) }
    public var remotePort: Int { Self.port(remote) }
    private static func port(_ text: String) -> Int { Int(text.drop { $0 != ":" }.dropFirst(), radix: 16) ?? 0 }
  }

  public let rows: [Row]

  public init() {
    rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path in
      Self.contents(path).split(separator: "\n").dropFirst().compactMap { line -> Row? in
        let fields = line.split(separator: " ")
        guard fields.count > 3, let state = Int(fields[3], radix: 16) else { return nil }
        return Row(local: String(fields[1]), remote: String(fields[2]), state: state)
      }
    }
  }

  /// The system hands these files out in portions.
  private static func contents(_ path: String) -> String {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: all, as: UTF8.self) }
      all += buffer[..<count]
    }
  }

  /// Whether its end here is that of a server on 127.0.0.1: a client at another address of loopback may have a port of that number.
  private static func isServer(_ row: Row, _ port: Int) -> Bool { row.localPort == port && row.local.hasPrefix("0100007F:") }

  /// Connections whose end at this port of 127.0.0.1 was closed first.
  public func closedFirst(at port: Int) -> Set<Row> {
    let states = Set([State.finWait1, .finWait2, .timeWait, .closing].map(\.rawValue))
    return Set(rows.filter { Self.isServer($0, port) && states.contains($0.state) })
  }

  /// Connections to this port of 127.0.0.1 that are not quite over, or not at all.
  public func open(at port: Int) -> [Row] {
    rows.filter { Self.isServer($0, port) && $0.state != State.listen.rawValue && $0.state != State.timeWait.rawValue }
  }

  /// Connections that the clients of this port closed first and that have ended well.
  public func closedByClients(of port: Int) -> Set<Row> {
    Set(rows.filter { $0.remotePort == port && $0.state == State.timeWait.rawValue })
  }
}
