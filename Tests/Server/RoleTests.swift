import Files
import Foundation
import Model
import NIOCore
import Settings
import TestSupport
import Testing
import Wire

@testable import Server

/// Roles of sessions: raised by a password, lowered by a word, by time, by another password, and with the connection.
@Suite("roles of sessions") struct RoleTests {
  private func pause(_ guest: Guest, _ job: UInt32) async throws -> WireOutcome {
    let operation = Operation(kind: .pause, jobs: .ids([JobID(job)]))
    guard case .operated(let answer) = try await guest.connection.request(.operate(WireOperate(operation))),
      let outcome = answer.outcomes.first
    else { throw Guest.WrongAnswer() }
    return outcome
  }

  private func code(_ body: () async throws -> Void) async -> FailureCode? {
    do {
      try await body()
      return nil
    } catch { return (error as? Failure)?.code }
  }

  private static func job(of user: String) -> String {
    """
    {"job": {"name": "job of \(user)", "user_name": "\(user)", "blocks": [
      {"name": "block", "service": "generic", "command": "true @#@", "frame_first": 1, "frame_last": 2}]}}
    """
  }

  @Test(
    "another's job is refused until a password raises the role, and again when it is lowered; another connection has no part in it")
  func raised() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let job = try await guest.submit(Self.job(of: "bob"))
    let refused = try await pause(guest, job)
    #expect(!refused.done && refused.notPermitted && refused.message.contains("it is a job of bob (super users may"))
    let role = try await guest.raise(by: TestPasswords.superUser)
    #expect(role.role == UInt32(Role.superUser.rawValue) && role.idleSeconds == 900)
    #expect(try await pause(guest, job).done)
    #expect(try await guest.raise().role == UInt32(Role.administrator.rawValue))
    let other = try await house.guest()
    #expect(try await pause(other, job).notPermitted)
    guard case .role(let lowered) = try await guest.connection.request(.lowerRole(WireLowerRole())) else {
      throw Guest.WrongAnswer()
    }
    #expect(lowered.role == UInt32(Role.user.rawValue))
    #expect(try await pause(guest, job).notPermitted)
    // What was asked and done stands in the log, the password nowhere.
    let lines = house.tape.text.split(separator: "\n")
    #expect(lines.contains { $0.contains("ann@desk at 127.0.0.1") && $0.contains("is super user now") })
    #expect(!lines.contains { $0.contains(TestPasswords.superUser) || $0.contains(TestPasswords.administrator) })
    for one in [guest, other] { await one.connection.close() }
    await house.close()
  }

  @Test("a wrong password raises nothing, is in the log with its address, and the next one waits, at another connection too")
  func wrong() async throws {
    // So long that no test is slower.
    var limits = SessionLimits.patient
    limits.passwordDelays.first = 3_600_000_000_000
    limits.passwordDelays.longest = 3_600_000_000_000
    let house = try await House.open(limits: limits)
    let guest = try await house.guest()
    #expect(await code { try await guest.raise(by: "test-supper") } == .notPermitted)
    #expect(house.tape.contains("wrong password from ann@desk at 127.0.0.1:") && !house.tape.contains("supper"))
    let other = try await house.guest()
    let job = try await other.submit(Self.job(of: "bob"))
    // Not even the right one: it is not looked at.
    await #expect { try await other.raise() } throws: { "\($0)".contains("wrong passwords came from there: try again in") }
    #expect(try await pause(other, job).notPermitted)
    for one in [guest, other] { await one.connection.close() }
    await house.close()
  }

  @Test("a connection with many wrong passwords ends, and a render has no role")
  func many() async throws {
    var limits = SessionLimits.patient
    limits.passwordDelays.first = 0
    let house = try await House.open(limits: limits)
    let guest = try await house.guest()
    for _ in 1..<PasswordDesk.perConnection {
      await #expect { try await guest.raise(by: "wrong wrong") } throws: { "\($0)".contains("the password is wrong") }
    }
    await #expect { try await guest.raise(by: "wrong wrong") } throws: { "\($0)".contains("5 wrong passwords on one connection") }
    _ = try await guest.closes.first("the end") { $0.first }
    let render = try await house.guest(.render)
    #expect(await code { try await render.raise() } == .notPermitted)
    await render.connection.close()
    await house.close()
  }

  @Test("without a request the role ends by itself and the session is told; signs of life and views do not keep it")
  func idle() async throws {
    let house = try await House.open(settings: try Settings.load(overrides: ["af_super_user_timeout": "1"]))
    let guest = try await house.guest(.console)
    let job = try await guest.submit(Self.job(of: "bob"))
    #expect(try await guest.raise().idleSeconds == 1)
    let talk = Task {
      while !Task.isCancelled {
        guest.send(.alive(WireAlive()))
        var subscribe = WireSubscribe()
        subscribe.subscription = 1
        subscribe.jobs = WireJobsView()
        guest.send(.subscribe(subscribe))
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    let ended = try await guest.frames.first("the end of the role") { frames in
      frames.lazy.compactMap { if case .role(let role) = $0.content { role } else { nil } }.first
    }
    talk.cancel()
    #expect(ended.role == 0 && ended.reason == "nothing was asked for 1 s")
    #expect(try await pause(guest, job).notPermitted)
    await guest.connection.close()
    await house.close()
  }

  @Test("a password that is set anew takes the role from those who had it by the old one, and only from them")
  func replaced() async throws {
    let house = try await House.open()
    let (first, second) = (try await house.guest(), try await house.guest())
    try await first.raise(by: TestPasswords.superUser)
    try await second.raise()
    let state = house.scratch.file("state")
    var passwords = try Passwords(state: state)
    try passwords.set(Array("another one".utf8), of: .superUser, cost: .cheap)
    try passwords.write(state: state)
    #expect(try house.server.readPasswords(state: state) == [.superUser])
    let ended = try await first.frames.first("the end of the role") { frames in
      frames.lazy.compactMap { if case .role(let role) = $0.content { role } else { nil } }.first
    }
    #expect(ended.reason == "the password is another now")
    let job = try await second.submit(Self.job(of: "bob"))
    #expect(try await pause(second, job).done)
    #expect(try await first.raise(by: "another one").role == UInt32(Role.superUser.rawValue))
    for one in [first, second] { await one.connection.close() }
    await house.close()
  }

  @Test("backups are for administrators")
  func backups() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    #expect(await code { _ = try await guest.connection.request(.backup(WireBackup())) } == .notPermitted)
    try await guest.raise(by: TestPasswords.superUser)
    #expect(await code { _ = try await guest.connection.request(.backup(WireBackup())) } == .notPermitted)
    #expect(await code { _ = try await guest.connection.request(.restoreBegin(WireRestoreBegin())) } == .notPermitted)
    try await guest.raise()
    #expect(await code { _ = try await guest.connection.request(.backup(WireBackup())) } == nil)
    await guest.connection.close()
    await house.close()
  }

  @Test("what is asked while a trial of everything is made is not held against rights: nothing is done")
  func whatIf() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let job = try await guest.submit(Self.job(of: "bob"))
    var whatIf = WireWhatIf()
    let change = EditRequest.Change(key: "priority", value: .integer(5))
    whatIf.edits = [WireEdit(EditRequest(target: .jobs(.ids([JobID(job)])), changes: [change]))]
    guard case .whatIf = try await guest.connection.request(.whatIf(whatIf)) else { throw Guest.WrongAnswer() }
    #expect(try await guest.jobs().first?.priority == 99)
    await guest.connection.close()
    await house.close()
  }
}

extension PasswordHash.Cost {
  /// For tests.
  static let cheap = PasswordHash.Cost(rounds: 4, blockSize: 8, lanes: 1)
}

/// Passwords as they are kept.
@Suite("passwords") struct PasswordTests {
  @Test("a password is known again by its hash, another is not, and the file says what it cost")
  func hash() throws {
    let hash = try PasswordHash(of: Array("correct horse".utf8), cost: .cheap)
    #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
    let again = try #require(PasswordHash(Substring(hash.text)))
    #expect(again == hash && again.matches(Array("correct horse".utf8)) && !again.matches(Array("correct horsf".utf8)))
    #expect(try PasswordHash(of: Array("correct horse".utf8), cost: .cheap) != hash, "each has a salt of its own")
  }

  @Test("what another implementation of scrypt made is known too")
  func vector() throws {
    let text = "$scrypt$ln=4,r=8,p=1$cmVldmUgdGVzdCBzYWx0Lg==$8oyPh29XN+FW4qHgo46pSujidxy2b8HvdD7cwQN2ydo="
    #expect(try #require(PasswordHash(Substring(text))).matches(Array(TestPasswords.superUser.utf8)))
  }

  @Test("a hash that costs more than a server can bear, or is none, is refused with its place")
  func damaged() throws {
    let good = try PasswordHash(of: Array("x".utf8), cost: .cheap).text
    for bad in [
      good.replacing("ln=4", with: "ln=30"), good.replacing("r=8", with: "r=0"), good.replacing("p=1", with: "p=-1"),
      good.replacing("ln=4", with: "ln=18").replacing("r=8", with: "r=32").replacing("p=1", with: "p=17"), good + "$",
      String(good.dropLast(5)), "", "plain",
    ] { #expect(PasswordHash(Substring(bad)) == nil, "\(bad)") }
    let scratch = try ScratchFolder()
    for text in ["super:plain\n", "god:\(good)\n", "super:\(good)\nsuper:\(good)\n", "super\n"] {
      try scratch.write(text, to: "passwords")
      #expect { try Passwords(state: scratch.path) } throws: { "\($0)".contains("passwords, line ") }
    }
    #expect(try Passwords(state: scratch.file("nowhere")).hashes.isEmpty)
  }

  @Test("the first start makes both, shows them once, and keeps them in a private file in no clear word")
  func first() throws {
    let scratch = try ScratchFolder()
    let words = try #require(try FirstPasswords.make(state: scratch.path))
    let shown = words.split(separator: "\n").filter { $0.hasPrefix("  ") }.compactMap { $0.split(separator: " ").last }
    #expect(shown.count == 2 && Set(shown).count == 2 && shown.allSatisfy { $0.count == 24 })
    let kept = try #require(scratch.read("passwords"))
    for password in shown { #expect(!kept.contains(password)) }
    let passwords = try Passwords(state: scratch.path)
    #expect(passwords.role(of: Array(shown[0].utf8)) == .superUser && passwords.role(of: Array(shown[1].utf8)) == .administrator)
    #expect(passwords.role(of: Array("something else".utf8)) == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.file("passwords"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try FirstPasswords.make(state: scratch.path) == nil, "once")
  }

  @Test(
    "after each wrong password of an address the next waits twice as long, a minute at most; a right one ends it"
  )
  func delays() throws {
    var delays = PasswordDelays()
    let (one, two) = (try SocketAddress(ipAddress: "10.0.0.1", port: 1), try SocketAddress(ipAddress: "10.0.0.2", port: 1))
    let second: Int64 = 1_000_000_000
    var now: Int64 = 0
    var waits: [Int64] = []
    for _ in 0..<9 {
      #expect(delays.wait(one, at: now) == 0)
      delays.wrong(one, at: now)
      let wait = delays.wait(one, at: now)
      waits.append(wait / second)
      #expect(delays.wait(one, at: now + wait - 1) == 1 && delays.wait(two, at: now) == 0)
      now += wait
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    delays.wrong(one, at: now)
    delays.right(one)
    #expect(delays.wait(one, at: now) == 0 && delays.count == 0)
    // A quiet quarter of an hour, and all is forgotten.
    delays.wrong(one, at: now)
    #expect(delays.wait(one, at: now + 901 * second) == 0 && delays.count == 0)
  }

  @Test("however many addresses try, a bounded number is remembered, and who is new then waits as the worst do")
  func bounded() throws {
    var limits = PasswordDelays.Limits()
    limits.addresses = 10
    var delays = PasswordDelays(limits: limits)
    for number in 1...50 { delays.wrong(try SocketAddress(ipAddress: "10.0.0.\(number)", port: 1), at: Int64(number)) }
    #expect(delays.count == 10)
    #expect(delays.wait(try SocketAddress(ipAddress: "10.0.1.1", port: 1), at: 60) > 0)
  }
}
