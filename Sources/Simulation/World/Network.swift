import Model

/// The way between a client and the server.
struct Link {
  // Nothing arrives before.
  var toServer = Instant.never
  var toClient = Instant.never
}

/// A connection between a client and the server, as TCP gives it: ordered and without gaps as long as it lasts, whatever the network
/// loses, doubles or mixes up below it. A lost packet is a delay here, or the end of the connection.
///
/// What is doubled and reordered is what TCP does not protect: an agent tells its results again on its next connection, while frames
/// of the one before may still arrive; and the two ends learn at different times that it is over, or one end never does.
struct Connection {
  let client: Int
  /// The client waits for it, or has it.
  var isWanted = true
  var isOpenAtClient = false
  var isOpenAtServer = false
  /// What was sent since then is lost.
  private var lostSince: Instant?
  // The last arrivals: nothing overtakes them.
  var lastToServer = Instant.never
  var lastToClient = Instant.never

  init(client: Int) { self.client = client }

  func isOpen(atServer: Bool) -> Bool { atServer ? isOpenAtServer : isOpenAtClient }

  func takes(toServer: Bool, sent: Instant) -> Bool {
    guard isOpen(atServer: toServer) else { return false }
    return lostSince.map { sent < $0 } ?? true
  }

  mutating func loseWhatIsUnderWay(since moment: Instant) { lostSince = min(lostSince ?? moment, moment) }

  /// - Returns: whether that end was open.
  mutating func end(atServer: Bool) -> Bool {
    let wasOpen = isOpen(atServer: atServer)
    if atServer {
      isOpenAtServer = false
    } else {
      isOpenAtClient = false
      let isAwaited = isWanted && !wasOpen
      isWanted = false
      return wasOpen || isAwaited
    }
    return wasOpen
  }
}

struct Network {
  var links: [Link] = []
  var connections: [Connection] = []
  var slowUntil = Instant.never
  /// Milliseconds.
  var slowness = 0
  private var chance: Seeded

  init(_ chance: Seeded) { self.chance = chance }

  mutating func latency(to connection: Int, toServer: Bool, _ now: Instant) -> Span {
    let quick = chance.span(0...2)
    return now < slowUntil ? quick + chance.span(0...slowness) : quick
  }

  /// When what is sent now arrives.
  mutating func moment(_ connection: Int, toServer: Bool, _ now: Instant) -> Instant {
    let link = links[connections[connection].client]
    let free = max(now, toServer ? link.toServer : link.toClient)
    let moment = free + latency(to: connection, toServer: toServer, now)
    if toServer {
      connections[connection].lastToServer = max(connections[connection].lastToServer, moment)
      return connections[connection].lastToServer
    }
    connections[connection].lastToClient = max(connections[connection].lastToClient, moment)
    return connections[connection].lastToClient
  }

  /// Of a client, or of all (node 0), ascending.
  func open(of node: Int) -> [Int] {
    connections.indices.filter {
      (node == 0 || connections[$0].client == node)
        && (connections[$0].isOpenAtClient || connections[$0].isOpenAtServer || connections[$0].isWanted)
    }
  }

  mutating func heal(_ now: Instant) {
    slowUntil = .never
    for link in links.indices { links[link] = Link() }
  }
}
