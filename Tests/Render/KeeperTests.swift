import Foundation
import Model
import TestSupport
import Testing

@testable import Render

@Suite struct KeeperTests {
  @Test("a command that says nothing leaves nothing but its result, and that until it is forgotten")
  func silent() throws {
    let keeper = try TestKeeper()
    keeper.start(7, ["/bin/true"])
    #expect(try keeper.started(7) > 0)
    let record = try keeper.ended(7)
    #expect(record.ending == .exited(status: 0))
    #expect(record.outputTotal == 0)
    #expect(record.note == [1, 2, 3])
    #expect(record.started <= record.ended)
    #expect(keeper.files == ["7.exit"])
    keeper.send(.forget(Lease(7)))
    #expect(try keeper.list().isEmpty)
    #expect(keeper.files.isEmpty)
  }

  @Test("output and errors are kept in the order in which they were written, with the exit status")
  func order() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "echo one; echo two >&2; echo three; exit 3")
    #expect(try keeper.ended(1).ending == .exited(status: 3))
    #expect(try keeper.text(1) == "one\ntwo\nthree\n")
  }

  @Test("the end by a signal is told as such, with the time and memory that were used")
  func killed() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "kill -SEGV $$")
    let record = try keeper.ended(1)
    #expect(record.ending == .killed(signal: SIGSEGV))
    #expect(!record.wasStopped)
    #expect(record.memoryPeakKB > 0)
  }

  @Test("growing output is said once until it has been read")
  func growth() throws {
    let keeper = try TestKeeper()
    let gate = keeper.scratch.file("gate")
    keeper.shell(1, "echo a; echo b; while ! test -e \(gate); do sleep 0.02; done; echo c")
    _ = try keeper.next("growth") { if case .grew(Lease(1), _) = $0 { true } else { nil } }
    #expect(try observe("both lines") { try keeper.text(1) == "a\nb\n" ? true : nil })
    try keeper.scratch.write("", to: "gate")
    let total = try keeper.next("more growth") { if case .grew(Lease(1), let total) = $0, total > 4 { total } else { nil } }
    #expect(total == 6)
    try keeper.ended(1)
  }

  @Test("a task has its own session and group, the niceness asked for, no descriptors of the keeper and no input")
  func surroundings() throws {
    let keeper = try TestKeeper()
    keeper.start(
      1, ["/bin/sh", "-c", "cut -d' ' -f5,6,19 /proc/$$/stat; ls /proc/$$/fd; cat; pwd; echo $NAME"],
      environment: ["PATH=/usr/bin:/bin", "NAME=value"], nice: 7)
    let pid = try keeper.started(1)
    try keeper.ended(1)
    #expect(try keeper.text(1) == "\(pid) \(pid) 7\n0\n1\n2\n\(keeper.scratch.path)\nvalue\n")
  }

  @Test("without a working directory a task gets a folder of its own, which goes when it is forgotten")
  func ownFolder() throws {
    let keeper = try TestKeeper()
    keeper.shell(5, "pwd; mkdir deep; echo x > deep/file", directory: "")
    try keeper.ended(5)
    #expect(try keeper.text(5) == "\(keeper.folder.work(Lease(5)))\n")
    keeper.send(.forget(Lease(5)))
    _ = try keeper.list()
    #expect(keeper.files.isEmpty)
    Trash.empty(keeper.folder.trash)
    #expect(try FileManager.default.contentsOfDirectory(atPath: keeper.folder.trash).isEmpty)
  }

  struct Unstartable: Sendable, CustomTestStringConvertible {
    let program: String
    var directory: String?
    let reason: String
    var testDescription: String { reason }
  }

  @Test(
    "what cannot be started says why",
    arguments: [
      Unstartable(program: "/nonexistent/povray", reason: "cannot execute /nonexistent/povray: No such file or directory"),
      Unstartable(program: "/etc/passwd", reason: "cannot execute /etc/passwd: Permission denied"),
      Unstartable(
        program: "/bin/true", directory: "/nonexistent/shot",
        reason: "cannot enter the working directory /nonexistent/shot: No such file or directory"),
    ])
  func failures(_ example: Unstartable) throws {
    let keeper = try TestKeeper()
    keeper.start(1, [example.program], directory: example.directory)
    #expect(try keeper.ended(1).ending == .failedToStart(example.reason))
    #expect(try keeper.list().count == 1)
  }

  @Test("a script without an interpreter's name is run by the shell")
  func script() throws {
    let keeper = try TestKeeper()
    let path = try keeper.scratch.write("echo \"script $1\"\n", to: "script", mode: 0o755)
    keeper.start(1, [path, "one"])
    try keeper.ended(1)
    #expect(try keeper.text(1) == "script one\n")
  }

  @Test("two thousand tasks are all kept and all reaped")
  func many() throws {
    let keeper = try TestKeeper()
    var ended = 0
    for batch in 0..<20 {
      for number in 0..<100 { keeper.start(UInt64(batch * 100 + number + 1), ["/bin/true"]) }
      while ended < (batch + 1) * 100 {
        let lease = try keeper.next("an end") { if case .ended(let lease, _) = $0 { lease } else { nil } }
        keeper.send(.forget(lease))
        ended += 1
      }
    }
    #expect(try keeper.list().isEmpty)
    #expect(keeper.files.isEmpty)
  }
}

@Suite struct KeeperStopTests {
  @Test("a stop ends the whole group by TERM")
  func term() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000 & echo $!; wait")
    let child = try observe("the child's number") { Int32(try keeper.text(1).trimmingCharacters(in: .newlines)) }
    keeper.send(.stop(Lease(1), graceMilliseconds: 60_000))
    let record = try keeper.ended(1)
    #expect(record.ending == .killed(signal: SIGTERM))
    #expect(record.wasStopped)
    try observe("the child's end") { !isAlive(child) }
  }

  @Test("a group whose members ignore TERM gets KILL after its grace")
  func kill() throws {
    let keeper = try TestKeeper()
    let loop = "trap '' TERM; while :; do sleep 0.05; done"
    keeper.shell(1, "trap '' TERM; (\(loop)) & echo $!; while :; do sleep 0.05; done")
    let child = try observe("the child's number") { Int32(try keeper.text(1).trimmingCharacters(in: .newlines)) }
    let begin = Clock.monotonicMilliseconds
    keeper.send(.stop(Lease(1), graceMilliseconds: 300))
    #expect(try keeper.ended(1).ending == .killed(signal: SIGKILL))
    #expect(Clock.monotonicMilliseconds - begin >= 300)
    try observe("the child's end") { !isAlive(child) }
  }

  @Test("whoever outlives the leader of a stopped group has the rest of the grace, and its last words are kept")
  func grace() throws {
    let keeper = try TestKeeper()
    let tidy = "trap 'sleep 0.3; echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    keeper.shell(1, "(\(tidy)) & wait")
    try observe("a child that is ready") { try keeper.text(1) == "ready\n" }
    keeper.send(.stop(Lease(1), graceMilliseconds: 60_000))
    #expect(try keeper.ended(1).ending == .killed(signal: SIGTERM))
    // In between the shell itself may say that something of it was terminated.
    #expect(try keeper.text(1).hasSuffix("saved\n"))
  }

  @Test("what a task leaves behind in its group ends with it")
  func leftOver() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000 & echo $!")
    #expect(try keeper.ended(1).ending == .exited(status: 0))
    let child = try #require(Int32(try keeper.text(1).trimmingCharacters(in: .newlines)))
    try observe("the child's end") { !isAlive(child) }
  }

  @Test("a run that is forgotten while it goes on is ended at once")
  func forgotten() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000")
    let pid = try keeper.started(1)
    keeper.send(.forget(Lease(1)))
    try observe("its end") { !isAlive(pid) }
    #expect(try keeper.list().isEmpty)
    #expect(keeper.files.isEmpty)
  }
}

@Suite struct KeeperOutputTests {
  @Test("of much output the first and the last half megabyte are kept, and where they belong is known")
  func cap() throws {
    let keeper = try TestKeeper()
    // 400,000 lines of 10 bytes.
    keeper.start(1, ["/usr/bin/seq", "-f", "%09.0f", "400000"])
    let record = try keeper.ended(1)
    #expect(record.outputTotal == 4_000_000)
    let portions = try keeper.output(1)
    var all: [UInt64: String] = [:]
    for (offset, text) in portions { all[offset] = text }
    let half = UInt64(Limits.outputKept / 2)
    var head = ""
    var tail = ""
    var at: UInt64 = 0
    while let text = all[at], at < half {
      head += text
      at += UInt64(text.utf8.count)
    }
    #expect(head.utf8.count == Int(half))
    #expect(head.hasPrefix("000000001\n000000002\n"))
    at = 4_000_000 - half
    while let text = all[at] {
      tail += text
      at += UInt64(text.utf8.count)
    }
    #expect(at == 4_000_000)
    #expect(tail.utf8.count == Int(half))
    #expect(tail.hasSuffix("000399999\n000400000\n"))
    // Nothing is in the wrong place: line n stands at byte 10 (n - 1).
    for (offset, text) in portions {
      let skip = Int((10 - offset % 10) % 10)
      #expect(UInt64(text.dropFirst(skip).prefix(9)) == (offset + UInt64(skip)) / 10 + 1)
    }
    #expect(keeper.files == ["1.exit", "1.head", "1.tail"])
  }

  @Test(
    "the ring of the last half gives what it has at every length of output",
    arguments: [0, 1, 49, 50, 51, 99, 100, 101, 149, 150, 151, 1234])
  func ring(_ length: Int) throws {
    let scratch = try ScratchFolder()
    var files = OutputFiles(head: scratch.file("head"), tail: scratch.file("tail"), kept: 100)
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var rest = bytes[...]
    for size in [1, 3, 60, 7, 500, 2000] where !rest.isEmpty {
      rest.prefix(size).withUnsafeBytes { files.append($0) }
      rest = rest.dropFirst(size)
    }
    files.close()
    #expect(files.total == UInt64(length))
    var kept: [Int: UInt8] = [:]
    var at: UInt64 = 0
    while true {
      let (offset, data) = files.read(from: at, limit: 13)
      if data.isEmpty { break }
      for (place, byte) in data.enumerated() { kept[Int(offset) + place] = byte }
      at = offset + UInt64(data.count)
    }
    let wanted = (0..<length).filter { $0 < 50 || $0 >= length - 50 }
    #expect(kept.keys.sorted() == wanted)
    #expect(wanted.allSatisfy { kept[$0] == bytes[$0] })
  }
}

@Suite struct KeeperLifeTests {
  @Test("a keeper outlives its agent, and the next agent finds the same process and all of its output")
  func adoption() throws {
    let keeper = try TestKeeper()
    let gate = keeper.scratch.file("gate")
    keeper.shell(3, "echo before; while ! test -e \(gate); do sleep 0.02; done; echo after")
    let pid = try keeper.started(3)
    try observe("its first line") { try keeper.text(3) == "before\n" }
    keeper.disconnect()
    try keeper.connect()
    let runs = try keeper.list()
    #expect(runs.map(\.phase) == [.running(pid: pid)])
    #expect(runs.map(\.note) == [[1, 2, 3]])
    try keeper.scratch.write("", to: "gate")
    #expect(try keeper.ended(3).ending == .exited(status: 0))
    #expect(try keeper.text(3) == "before\nafter\n")
  }

  @Test("results wait on disk: the keeper leaves when nothing runs, and the next one has them")
  func results() throws {
    let keeper = try TestKeeper()
    let gate = keeper.scratch.file("gate")
    keeper.shell(3, "while ! test -e \(gate); do sleep 0.02; done; echo done; exit 4")
    _ = try keeper.started(3)
    keeper.disconnect()
    try keeper.scratch.write("", to: "gate")
    #expect(try keeper.program.wait() == 0)
    try keeper.startAnother()
    let runs = try keeper.list()
    #expect(runs.count == 1)
    guard case .ended(let record) = runs.first?.phase else {
      Issue.record("it has ended: \(runs)")
      return
    }
    #expect(record.ending == .exited(status: 4))
    #expect(try keeper.text(3) == "done\n")
    keeper.send(.forget(Lease(3)))
    _ = try keeper.list()
    #expect(keeper.files.isEmpty)
  }

  @Test("with a keeper that is killed its tasks are killed, and what they had started by the next one")
  func killed() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000 & echo $!; wait")
    let pid = try keeper.started(1)
    let child = try observe("the child's number") { Int32(try keeper.text(1).trimmingCharacters(in: .newlines)) }
    keeper.program.signal(SIGKILL)
    try keeper.program.wait()
    try observe("the task's end") { !isAlive(pid) }
    try keeper.startAnother()
    try observe("the child's end") { !isAlive(child) }
    // Nobody saw how it ended, but what it wrote is there, until somebody has fetched it.
    let run = try #require(try keeper.list().first)
    guard case .ended(let record) = run.phase else {
      Issue.record("it has ended: \(run)")
      return
    }
    #expect(record.ending == .lost && record.outputTotal == UInt64("\(child)\n".utf8.count))
    #expect(run.note.isEmpty)
    #expect(try keeper.text(1) == "\(child)\n")
    keeper.send(.forget(Lease(1)))
    #expect(try keeper.list().isEmpty)
    #expect(keeper.files.isEmpty)
  }

  @Test("a task without output whose keeper was killed leaves nothing behind")
  func killedSilent() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000", directory: "")
    _ = try keeper.started(1)
    keeper.program.signal(SIGKILL)
    try keeper.program.wait()
    try keeper.startAnother()
    #expect(try keeper.list().isEmpty)
    #expect(keeper.files.isEmpty)
  }

  @Test("SIGTERM ends the tasks, keeps their results and takes no new ones")
  func terminated() throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000")
    _ = try keeper.started(1)
    keeper.program.signal(SIGTERM)
    let record = try keeper.ended(1)
    #expect(record.ending == .killed(signal: SIGTERM))
    // No fault of the task: it is to be tried again.
    #expect(record.wasStopped)
    #expect(try keeper.program.wait() == 0)
    #expect(keeper.files == ["1.exit"])
  }

  @Test("a second keeper in the same folder gives up and names the first")
  func second() throws {
    let keeper = try TestKeeper()
    let other = try Program("reeve-render", ["keeper", "--state", keeper.folder.path], scratch: keeper.scratch)
    #expect(try other.wait() == 1)
    #expect(other.errors.contains("is held by process \(keeper.program.pid)"))
    keeper.start(1, ["/bin/true"])
    try keeper.ended(1)
  }

  @Test("a state directory longer than a socket's address works")
  func longPath() throws {
    let keeper = try TestKeeper(below: Array(repeating: "a-rather-long-name-of-a-folder", count: 6).joined(separator: "/"))
    keeper.start(1, ["/bin/true"])
    try keeper.ended(1)
    var status = stat()
    #expect(stat("\(keeper.folder.path)/keeper.sock", &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat(keeper.folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test(
    "garbage ends the connection, not the keeper",
    arguments: [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0, 0, 0, 3, 3, 0, 0], [0, 0, 0, 9, 4, 1]])
  func garbage(_ bytes: [UInt8]) throws {
    let keeper = try TestKeeper()
    keeper.shell(1, "sleep 1000")
    let pid = try keeper.started(1)
    keeper.send(bytes: bytes + Array(repeating: 0x41, count: 16))
    try keeper.untilClosed()
    keeper.disconnect()
    try keeper.connect()
    #expect(try keeper.list().map(\.phase) == [.running(pid: pid)])
    keeper.send(.forget(Lease(1)))
    _ = try keeper.list()
  }

  @Test("every message survives its coding")
  func coding() throws {
    let record = RunRecord(
      ending: .failedToStart("no ünïcode"), wasStopped: true, started: Instant(microseconds: 5), ended: Instant(microseconds: -6),
      memoryPeakKB: 7, cpuMicroseconds: 8, outputTotal: 9, note: [1, 0, 255])
    let start = TaskStart(
      lease: Lease(.max), note: [9], program: "/p", arguments: ["a", ""], environment: ["B=ß"], directory: "", nice: -20)
    let requests: [KeeperRequest] = [
      .hello(version: 1), .list, .start(start), .stop(Lease(2), graceMilliseconds: 3), .forget(Lease(4)),
      .read(Lease(5), offset: 6, limit: 7),
    ]
    let reports: [KeeperReport] = [
      .hello(version: 1, pid: 2), .listed, .started(Lease(3), pid: 4), .grew(Lease(5), total: 6), .ended(Lease(7), record),
      .kept(KeptRun(lease: Lease(8), note: [1], total: 9, phase: .running(pid: 10))),
      .kept(KeptRun(lease: Lease(8), note: [], total: 9, phase: .ended(record))),
      .portion(Lease(1), offset: 2, total: 3, data: [4, 5]),
    ]
    var buffer = MessageBuffer()
    for request in requests { buffer.append(request.encoded()) }
    #expect(try requests.map { _ in try buffer.next().flatMap { try KeeperRequest.decode($0) } } == requests)
    for report in reports { buffer.append(report.encoded()) }
    #expect(try reports.map { _ in try buffer.next().flatMap { try KeeperReport.decode($0) } } == reports)
    #expect(try buffer.next() == nil)
    // Cut anywhere, a message is an error, never a crash.
    for report in reports {
      let body = report.encoded().dropFirst(4)
      for length in 1..<max(2, body.count) where length < body.count {
        #expect(throws: ByteReader.Truncated.self) { try KeeperReport.decode(body.prefix(length)) }
      }
    }
  }
}
