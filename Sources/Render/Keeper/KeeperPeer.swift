import Glibc

/// The keeper's end of its connection with the agent: non-blocking, with what could not be sent yet.
struct KeeperPeer {
  let socket: Int32
  private var inbox = MessageBuffer()
  private var outbox: [UInt8] = []
  private var sent = 0

  init(socket: Int32) { self.socket = socket }

  var hasOutput: Bool { sent < outbox.count }

  mutating func send(_ report: KeeperReport) { outbox.append(contentsOf: report.encoded()) }

  /// - Returns: false when the connection is over.
  mutating func flush() -> Bool {
    while hasOutput {
      let count = outbox.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK }
      sent += count
    }
    outbox.removeAll(keepingCapacity: outbox.capacity < 1 << 20)
    sent = 0
    return true
  }

  /// One read of what has come.
  ///
  /// - Returns: false when the connection is over.
  mutating func receive(into buffer: inout [UInt8]) -> Bool {
    let count = recv(socket, &buffer, buffer.count, 0)
    if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR }
    if count == 0 { return false }
    inbox.append(buffer[..<count])
    return true
  }

  mutating func next() throws -> KeeperRequest? {
    while let message = try inbox.next() {
      // A kind that only a newer agent knows is passed over.
      if let request = try KeeperRequest.decode(message) { return request }
    }
    return nil
  }
}
