import NIOCore

/// Hands frames to their connections: one hop to each event loop, however many frames go there.
enum Delivery {
  static func send(_ all: [Outgoing]) {
    guard let first = all.first else { return }
    if all.allSatisfy({ $0.session.loop === first.session.loop }) { return hop(first.session.loop, all) }
    // A server has one or two loops: a list is quicker than a dictionary.
    var portions: [(loop: any EventLoop, out: [Outgoing])] = []
    for outgoing in all {
      if let index = portions.firstIndex(where: { $0.loop === outgoing.session.loop }) {
        portions[index].out.append(outgoing)
      } else {
        portions.append((outgoing.session.loop, [outgoing]))
      }
    }
    for portion in portions { hop(portion.loop, portion.out) }
  }

  private static func hop(_ loop: any EventLoop, _ all: [Outgoing]) {
    loop.execute {
      for outgoing in all { outgoing.session.take(outgoing.out) }
      for outgoing in all { outgoing.session.flush() }
    }
  }
}
