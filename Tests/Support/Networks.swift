import CNetworks
import Foundation
import Glibc

/// Machines on one bridge, each a network namespace that this makes and takes away again: root only.
public final class Networks {
  private static let ip: String? = (["/usr/sbin/ip", "/sbin/ip", "/bin/ip"] as [String]).first { access($0, X_OK) == 0 }

  /// Whether this machine lets the test make networks.
  public static let arePossible: Bool = {
    guard geteuid() == 0, ip != nil, let scratch = try? ScratchFolder(), let networks = try? Networks(["probe"], scratch: scratch)
    else { return false }
    withExtendedLifetime(networks) {}
    return true
  }()

  /// The address of the bridge, on which a server may listen.
  public static let bridgeAddress = "10.77.0.1"
  public let bridge: String
  private let prefix: String
  private let scratch: ScratchFolder
  private var spaces: [String] = []
  /// What the cables of relayed machines do, by the machines' names.
  public private(set) var relays: [String: Relay] = [:]

  /// - Parameters:
  ///   - hosts: names of the machines; each has `eth0` on the bridge.
  ///   - relaySeed: between each machine and the bridge is a `Relay`, with this seed and the machine's number; nil: a plain cable.
  public init(_ hosts: [String], scratch: ScratchFolder, relaySeed: UInt64? = nil) throws {
    self.scratch = scratch
    prefix = "reeve-\(getpid())-\(UInt16.random(in: 0...UInt16.max))"
    bridge = "\(prefix)-bridge"
    do {
      try add(bridge)
      try run("-n", bridge, "link", "add", "br0", "type", "bridge")
      try run("-n", bridge, "address", "add", "\(Self.bridgeAddress)/24", "dev", "br0")
      try run("-n", bridge, "link", "set", "br0", "up")
      for (index, host) in hosts.enumerated() {
        let space = space(of: host)
        try add(space)
        if let relaySeed {
          relays[host] = try relay(host, index, seed: relaySeed &+ UInt64(index))
        } else {
          try run("link", "add", "name", "eth0", "netns", space, "type", "veth", "peer", "name", "port\(index)", "netns", bridge)
        }
        try run("-n", bridge, "link", "set", "port\(index)", "master", "br0", "up")
        try run("-n", space, "address", "add", "10.77.0.\(index + 11)/24", "broadcast", "10.77.0.255", "dev", "eth0")
        try run("-n", space, "link", "set", "eth0", "up")
      }
    } catch {
      takeAway()
      throw error
    }
  }

  deinit { takeAway() }

  public func space(of host: String) -> String { "\(prefix)-\(host)" }

  /// Two cables that meet in a namespace without addresses, where nobody but the relay passes anything on.
  private func relay(_ host: String, _ index: Int, seed: UInt64) throws -> Relay {
    let (space, middle) = (space(of: host), "\(prefix)-relay\(index)")
    try add(middle)
    try run("link", "add", "name", "eth0", "netns", space, "type", "veth", "peer", "name", "host", "netns", middle)
    try run("link", "add", "name", "port\(index)", "netns", bridge, "type", "veth", "peer", "name", "bridge", "netns", middle)
    for card in ["host", "bridge"] { try run("-n", middle, "link", "set", card, "up") }
    func good(_ code: Int32, _ what: String) throws -> Int32 {
      guard code >= 0 else { throw NotObserved("\(what): \(String(cString: strerror(-code)))") }
      return code
    }
    _ = try good(cnetworks_make_plain("/run/netns/\(space)", "eth0"), "eth0 of \(host)")
    _ = try good(cnetworks_make_plain("/run/netns/\(bridge)", "port\(index)"), "port\(index)")
    return Relay(
      host: try good(cnetworks_join("/run/netns/\(middle)", "host"), "the relay of \(host)"),
      bridge: try good(cnetworks_join("/run/netns/\(middle)", "bridge"), "the relay of \(host)"), seed: seed)
  }

  /// Gives a machine another network card, which leads nowhere.
  public func addCard(_ name: String, to host: String) throws {
    let space = space(of: host)
    try run("link", "add", "name", name, "netns", space, "type", "veth", "peer", "name", "\(host)-\(name)", "netns", bridge)
    try run("-n", space, "link", "set", name, "up")
  }

  /// Six bytes.
  public func macAddress(of card: String, on host: String) throws -> [UInt8] {
    let text = try run("-n", space(of: host), "-o", "link", "show", card)
    let words = text.split(separator: " ")
    guard let place = words.firstIndex(of: "link/ether"), place + 1 < words.count else {
      throw NotObserved("no address of \(card): \(text)")
    }
    return words[place + 1].split(separator: ":").compactMap { UInt8($0, radix: 16) }
  }

  /// Starts a program on one of the machines.
  public func start(
    _ program: String, _ arguments: [String], in space: String, environment: [String: String] = [:]
  ) throws -> Program {
    try Program(
      Self.ip ?? "/usr/sbin/ip", ["netns", "exec", space, Program.path(of: program)] + arguments, scratch: scratch,
      environment: environment)
  }

  /// Frames that pass a card of a machine, from now on.
  public func capture(_ card: String, on host: String) throws -> Capture {
    let descriptor = cnetworks_capture("/run/netns/\(space(of: host))", card)
    guard descriptor >= 0 else { throw NotObserved("cannot listen to \(card): \(String(cString: strerror(-descriptor)))") }
    return Capture(descriptor)
  }

  private func add(_ space: String) throws {
    try run("netns", "add", space)
    spaces.append(space)
    try run("-n", space, "link", "set", "lo", "up")
  }

  private func takeAway() {
    for relay in relays.values { relay.end() }
    for space in spaces { _ = try? run("netns", "delete", space) }
    spaces = []
  }

  @discardableResult
  private func run(_ arguments: String...) throws -> String {
    let program = try Program(Self.ip ?? "/usr/sbin/ip", arguments, scratch: scratch)
    guard try program.wait() == 0 else { throw NotObserved("ip \(arguments.joined(separator: " ")): \(program.errors)") }
    return program.output
  }
}

/// What passes a network card.
public final class Capture {
  private let descriptor: Int32
  fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close(descriptor) }

  /// The next frame; nil when none came in a quarter of a second.
  public func next() -> [UInt8]? {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, 250) > 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 2048)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }
}
