import Glibc
import LogLines
import Logging
import Model
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("the server and its machine") struct SystemTests {
  @Test("systemd is told through its socket, and not told without one")
  func notify() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = scratch.file("notify")
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 }
    }
    try #require(isBound)
    ServiceManager(environment: ["NOTIFY_SOCKET": path]).tell("READY=1")
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "READY=1")
    ServiceManager(environment: [:]).tell("READY=1")
  }

  @Test("a log line is one line, as text and as JSON", arguments: LogStyle.allCases)
  func lines(style: LogStyle) throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let writer = LineWriter(descriptor: ends[1])
    let log = Logger(label: "x") { _ in LineLogHandler(style: style, level: .info, writer: writer) }
    log.notice("job \"a\nb\u{1B}[2J\"", metadata: ["connection": "7"])
    log.debug("not said")
    writer.flush()
    close(ends[1])
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = read(ends[0], &buffer, buffer.count)
    let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    close(ends[0])
    #expect(text.split(separator: "\n").count == 1)
    #expect(!text.contains("\u{1B}"))
    switch style {
    case .text: #expect(text.contains("Z notice: job \"a b [2J\" connection=7"))
    case .json:
      let line = try JSONParser.parse(text)
      #expect(line["level"]?.string == "notice")
      #expect(line["message"]?.string == "job \"a\nb\u{1B}[2J\"")
      #expect(line["connection"]?.string == "7")
    }
  }

  @Test("a program on another machine is refused with the remedy")
  func otherMachine() async throws {
    // An address of this machine that is not loopback stands for another machine.
    let own = try System.enumerateDevices().compactMap(\.address?.ipAddress).first { !$0.contains(":") && !$0.hasPrefix("127.") }
    guard let own else { return }
    let house = try await House.open(host: "0.0.0.0")
    await #expect {
      try await house.guest(at: ServerAddress(host: own, port: house.server.address.port))
    } throws: { error in
      (error as? Failure)?.code == .notPermitted && "\(error)".contains("af_enroll")
    }
    await house.close()
  }

  @Test("the mailbox wakes its owner once for all that gathers, and says when there is room again")
  func mailbox() {
    let mailbox = Mailbox(bound: 3)
    let wakes = Inbox<Bool>()
    mailbox.connect { wakes.add(true) }
    #expect(mailbox.post(.storeNews(.well)))
    #expect(mailbox.post(.storeNews(.well)))
    #expect(wakes.all.count == 1)
    #expect(!mailbox.post(.storeNews(.well)))
    let resumed = Inbox<Bool>()
    mailbox.waitForRoom { resumed.add(true) }
    #expect(resumed.all.isEmpty)
    #expect(mailbox.take().count == 3)
    #expect(resumed.all.count == 1)
    mailbox.post(.storeNews(.well))
    #expect(wakes.all.count == 2)
    mailbox.waitForRoom { resumed.add(true) }
    #expect(resumed.all.count == 2)
  }

  /// A wake that grows dearer each time would take minutes here, or have no stack left.
  @Test("the mailbox wakes its owner the hundred thousandth time as it did the first")
  func manyWakes() {
    let mailbox = Mailbox(bound: 3)
    let wakes = Atomic(0)
    mailbox.connect { wakes.add(1, ordering: .relaxed) }
    for _ in 0..<100_000 {
      mailbox.post(.storeNews(.well))
      _ = mailbox.take()
    }
    #expect(wakes.load(ordering: .relaxed) == 100_000)
  }

  @Test("time of the farm never goes back")
  func clock() {
    let clock = FarmClock()
    var last = clock.now
    for _ in 0..<1000 {
      let now = clock.now
      #expect(now >= last)
      last = now
    }
  }
}
