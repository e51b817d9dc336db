import Glibc
public import NIOCore

/// How a connection whose other end has gone without a word is found, even when neither has anything to say: the system asks (TCP
/// keep-alive) and ends what stays without an answer.
public struct KeepAlive: Sendable {
  /// Seconds without a word after which the system asks.
  public let idle: Int
  /// Seconds between two questions.
  public let interval: Int
  public let questions: Int
  /// Milliseconds in which what was sent must be confirmed.
  public let confirmation: Int

  /// A peer that is gone is found within two minutes.
  public static let server = KeepAlive(idle: 60, interval: 15, questions: 4, confirmation: 120_000)
  /// A server that is gone is found within a minute.
  public static let client = KeepAlive(idle: 30, interval: 10, questions: 3, confirmation: 30_000)

  /// A listening socket hands them on to the sockets of its connections.
  public var options: [(name: ChannelOptions.Types.SocketOption, value: Int)] {
    [
      (.init(level: .socket, name: .so_keepalive), 1), (Self.tcp(TCP_KEEPIDLE), idle), (Self.tcp(TCP_KEEPINTVL), interval),
      (Self.tcp(TCP_KEEPCNT), questions), (Self.tcp(TCP_USER_TIMEOUT), confirmation),
    ]
  }

  private static func tcp(_ name: Int32) -> ChannelOptions.Types.SocketOption {
    .init(level: .tcp, name: .init(rawValue: CInt(name)))
  }
}
