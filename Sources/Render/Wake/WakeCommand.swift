import ArgumentParser
import Glibc
import Model

/// `reeve-render wolwake`.
struct WakeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render wolwake", abstract: "Wakes machines that sleep: sends a magic packet for each MAC address.",
    discussion: """
      Each packet goes three times to the broadcast address of every network that this machine is on, or to the one given. \
      Nobody confirms a magic packet: that a machine wakes is seen when its agent comes back.
      """)

  @Argument(help: ArgumentHelp("As aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff or aabbccddeeff.", valueName: "mac"))
  var addresses: [String] = []

  @Option(help: ArgumentHelp("Where to instead of the broadcast address of each interface.", valueName: "address"))
  var broadcast: String?

  @Option(help: "The UDP port.")
  var port: UInt16 = 9

  // What Afanasy's commands are given beside the addresses.
  @Flag(help: .hidden) var wake = false
  @Option(help: .hidden) var ip: String?
  @Option(help: .hidden) var hostname: String?

  static let addressesLimit = 256

  func run() throws {
    guard !addresses.isEmpty else { throw ValidationError("no MAC address given (as aa:bb:cc:dd:ee:ff)") }
    guard addresses.count <= Self.addressesLimit else {
      throw ValidationError("\(addresses.count) MAC addresses given, at most \(Self.addressesLimit) are taken at once")
    }
    guard port > 0 else { throw ValidationError("--port: expected 1 to 65535") }
    // All are understood before anything is sent.
    var macs: [MACAddress] = []
    for (at, text) in addresses.enumerated() {
      do throws(MACAddress.Fault) {
        macs.append(try MACAddress(text))
      } catch {
        Say.error("wolwake: argument \(at + 1), \"\(Say.plain(text))\", is no MAC address: \(error)")
        throw ExitCode(2)
      }
    }
    var targets = BroadcastTarget.ofThisMachine()
    if let broadcast {
      guard let target = BroadcastTarget(broadcast) else {
        throw ValidationError("--broadcast: \"\(Say.plain(broadcast))\" is no IPv4 address")
      }
      targets = [target]
    }
    guard !targets.isEmpty else {
      Say.error("wolwake: no interface of this machine is up with an IPv4 broadcast address (name one with --broadcast)")
      throw ExitCode(1)
    }
    let sent = Waking(addresses: macs, targets: targets, port: port).send { line, isFault in
      if isFault { Say.error("wolwake: \(line)") } else { Say.line(line) }
    }
    if sent == 0 { throw ExitCode(1) }
  }
}
