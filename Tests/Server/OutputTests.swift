import Foundation
import Model
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("outputs of tasks") struct OutputTests {
  static let key = TaskKey(job: JobID(1234), block: BlockIndex(2), task: TaskIndex(7))

  private func write(_ portions: [(UInt64, [UInt8])], start: Int32 = 1, in folder: String) throws {
    var writer = OutputWriter(OutputFile(key: Self.key, start: start), in: folder)
    for (offset, bytes) in portions { writer.append(bytes, at: offset) }
    try writer.finish()
  }

  /// All portions of a file as they are read, from an offset on.
  private func read(_ files: OutputFiles, from offset: UInt64 = 0, start: Int32 = 1) async -> [OutputFiles.Portion] {
    var all: [OutputFiles.Portion] = []
    var next: UInt64? = offset
    while let from = next {
      let portion = await withCheckedContinuation { done in
        files.read(OutputFile(key: Self.key, start: start), from: from) { done.resume(returning: $0) }
      }
      guard let portion else { break }
      all.append(portion)
      next = portion.next
    }
    return all
  }

  @Test("output lies in a folder of its job, named by block, task and start")
  func place() throws {
    let scratch = try ScratchFolder()
    try write([(0, Array("hello\n".utf8))], start: 3, in: scratch.path)
    #expect(scratch.read("1/1234/2.7.3.txt") == "hello\n")
  }

  @Test("no output, no file; nothing is left aside")
  func nothing() throws {
    let scratch = try ScratchFolder()
    try write([], in: scratch.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    try write([(0, [UInt8](repeating: 65, count: 300_000))], in: scratch.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("1/1234")) == ["2.7.1.txt"])
  }

  @Test("long output is read in portions, from anywhere")
  func portions() async throws {
    let scratch = try ScratchFolder()
    let files = try OutputFiles(folder: scratch.path, log: LogTape().logger)
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    try write([(0, Array(bytes[..<100_000])), (90_000, Array(bytes[90_000...]))], in: scratch.path)
    let all = await read(files)
    #expect(all.flatMap(\.bytes) == bytes)
    #expect(all.allSatisfy { $0.bytes.count <= Limits.outputPortion })
    #expect(await read(files, from: 150_000).flatMap(\.bytes) == Array(bytes[150_000...]))
    #expect(await read(files, from: 5_000_000).flatMap(\.bytes).isEmpty)
  }

  @Test("where the middle was cut the file says so, and offsets go on behind it")
  func cut() async throws {
    let scratch = try ScratchFolder()
    let files = try OutputFiles(folder: scratch.path, log: LogTape().logger)
    try write([(0, Array("head".utf8)), (1004, Array("tail".utf8))], in: scratch.path)
    let text = try #require(scratch.read("1/1234/2.7.1.txt"))
    #expect(text == "head\n[… 1000 bytes of output were cut out here …]\ntail")
    let all = await read(files)
    #expect(all.map(\.offset) == [0, 4, 1004])
    #expect(String(decoding: all.flatMap(\.bytes), as: UTF8.self) == text)
    #expect(await read(files, from: 1006).map { String(decoding: $0.bytes, as: UTF8.self) } == ["il"])
    #expect(await read(files, from: 500).map(\.offset) == [4, 1004])
  }

  @Test("no more is kept of one run than its bound, and of a task no more than its last starts")
  func bounds() throws {
    let scratch = try ScratchFolder()
    let portion = [UInt8](repeating: 66, count: Limits.outputPortion)
    try write((0..<40).map { (UInt64($0 * portion.count), portion) }, in: scratch.path)
    let size = try #require(scratch.read("1/1234/2.7.1.txt")).utf8.count
    #expect(size >= Limits.outputKept && size <= Limits.outputKept + (64 << 10) + 100)
    for start in 2...15 { try write([(0, [67])], start: Int32(start), in: scratch.path) }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.file("1/1234")).sorted()
    #expect(Set(names) == Set((6...15).map { "2.7.\($0).txt" }))
  }

  @Test("outputs of jobs that are gone are swept away, those of others stay")
  func sweep() async throws {
    let scratch = try ScratchFolder()
    let files = try OutputFiles(folder: scratch.path, log: LogTape().logger)
    try write([(0, [65])], in: scratch.path)
    _ = try scratch.folder("1/1235")
    files.sweep { $0 == JobID(1235) }
    await withCheckedContinuation { done in files.drain { done.resume() } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("1")) == ["1235"])
  }

  @Test("what fails for another reason than room is lost, said, and holds nobody up")
  func fault() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("a file where a folder should be", to: "1")
    let tape = LogTape()
    let files = try OutputFiles(folder: scratch.path, log: tape.logger)
    files.append(Lease(1), of: ConnectionID(1), OutputFile(key: Self.key, start: 1), offset: 0, [65]) {}
    await withCheckedContinuation { done in files.finish(Lease(1), of: ConnectionID(1)) { _ in done.resume() } }
    #expect(tape.contains("the output of task 1234[2][7] is lost"))
    withExtendedLifetime(scratch) {}
  }

  // MARK: In a server

  private func portions(_ guest: Guest, _ number: UInt32) async throws -> [WireLogPortion] {
    try await guest.frames.first("the end of log \(number)") { frames in
      let all = frames.compactMap {
        if case .log(let portion) = $0.content, portion.subscription == number { portion } else { nil }
      }
      return all.last?.end == true ? all : nil
    }
  }

  private func follow(_ guest: Guest, _ number: UInt32, job: UInt32, follows: Bool, start: Int32 = 0, offset: UInt64 = 0) {
    var subscribe = WireSubscribe()
    subscribe.subscription = number
    subscribe.log.selector.ids = [job]
    subscribe.log.block = "0"
    subscribe.log.task = "0"
    subscribe.log.follow = follows
    subscribe.log.start = start
    subscribe.log.offset = offset
    guest.send(.subscribe(subscribe))
  }

  @Test("whoever sees a task done can read its output; a job's output goes with the job")
  func written() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(document("talker"))
    let start = try #require(try await render.starts(1).first)
    render.output(start, "one\n")
    render.output(start, "two\n", at: 4)
    render.finish(start)
    try await render.acknowledged(start.lease)
    follow(guest, 1, job: job, follows: true)
    let all = try await portions(guest, 1)
    #expect(String(decoding: all.flatMap { Array($0.data) }, as: UTF8.self) == "one\ntwo\n")
    #expect(all.last?.task.phase == UInt32(TaskPhase.done.rawValue))
    follow(guest, 2, job: job, follows: false, start: 2)
    #expect(try await portions(guest, 2).last?.failure.message.contains("no start 2") == true)
    try await guest.operate(.delete, job)
    try await eventually("the folder goes") { house.scratch.read("state/output/0/\(job)/0.0.1.txt") == nil }
    await render.connection.close()
    await guest.connection.close()
    await house.close()
  }

  @Test("a run that goes on is followed by many, each gets each byte once, and the rest from the file")
  func live() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let late = try await house.guest(.console)
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    let job = try await guest.submit(document("talker"))
    let start = try #require(try await render.starts(1).first)
    func listens(_ count: Int) async throws -> [WireListen] {
      try await render.frames.first("\(count) listens") { frames in
        let all = Guest.events(frames).flatMap(\.listens)
        return all.count >= count ? all : nil
      }
    }
    follow(guest, 1, job: job, follows: true)
    #expect(try await listens(1).map(\.offset) == [0])
    render.output(start, "0123", isLive: true)
    _ = try await guest.frames.first("the first bytes") { frames in
      frames.contains { if case .log(let portion) = $0.content { !portion.data.isEmpty } else { false } } ? true : nil
    }
    follow(late, 9, job: job, follows: true)
    _ = try await listens(2)
    // The render begins anew for the late one, and goes on.
    render.output(start, "0123", isLive: true)
    render.output(start, "4567", at: 4, isLive: true)
    render.output(start, "0123456789", at: 0)
    render.finish(start)
    for (one, number) in [(guest, UInt32(1)), (late, 9)] {
      let all = try await portions(one, number)
      #expect(String(decoding: all.flatMap { Array($0.data) }, as: UTF8.self) == "0123456789")
      #expect(all.last?.task.phase == UInt32(TaskPhase.done.rawValue))
      await one.connection.close()
    }
    await render.connection.close()
    await house.close()
  }

  @Test("a task that was never started has no output, and that is said")
  func neverStarted() async throws {
    let house = try await House.open()
    let guest = try await house.guest()
    let job = try await guest.submit(document("idle"), isPaused: true)
    follow(guest, 1, job: job, follows: true)
    #expect(try await portions(guest, 1).last?.failure.message.contains("never started") == true)
    await guest.connection.close()
    await house.close()
  }
}
