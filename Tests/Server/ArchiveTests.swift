import Model
import Scheduler
import SwiftProtobuf
import Testing
import Wire

@testable import Server

@Suite("changes as bytes, and back") struct ArchiveTests {
  private static let key = TaskKey(job: JobID(14), block: BlockIndex(1), task: TaskIndex(5))

  /// Each case once or more, with every field other than by default.
  static func everything() -> [StoreChange] {
    let spec = StoreFieldsTests.spec()
    var edited = spec
    edited.name = "another"
    var longer = edited
    if case .listed(var tasks, let frames) = longer.blocks[1].work {
      tasks.append(contentsOf: (0..<5000).map { TaskSpec(name: "more \($0)", command: "x") })
      longer.blocks[1].work = .listed(tasks, framesPerTask: frames)
    }
    var all: [StoreChange] = [
      .putJob(StoredJob(id: JobID(14), spec: spec, state: StoreFieldsTests.state)),
      .putJobState(StoreFieldsTests.state), .putTask(StoreFieldsTests.task), .deleteTask(key),
      .deleteTasks(JobID(14), BlockIndex(1)),
      .putRun(StoreFieldsTests.run), .deleteRun(Lease(.max)), .putRender(StoreFieldsTests.render), .deleteRender(RenderID(7)),
      .putUser(StoreFieldsTests.user), .deleteUser("ann"), .putPool(StoreFieldsTests.pool), .deletePool("/farm"),
      .putBranch(StoreFieldsTests.branch), .deleteBranch("/film"), .putJobParameters(JobID(14), edited),
      .appendTasks(JobID(14), BlockIndex(1), first: 10_001, longer), .appendTasks(JobID(14), BlockIndex(1), first: 7, longer),
      .deleteErrorHosts(JobID(14), BlockIndex(1)),
      .journal(
        JournalEntry(number: 9, time: Instant(seconds: 3), subject: "ann@desk", type: "jobs set", object: "job 14", info: "ö")),
      .placeSystemCommand(41, TaskIndex(8)), .deleteSystemCommand(41), .putEvent(StoreFieldsTests.event),
      .putUndo(StoreFieldsTests.undo), .deleteUndo(7), .deleteJob(JobID(14)),
    ]
    all += StoreFieldsTests.errors.map(StoreChange.putErrorHost)
    all += StoreFieldsTests.commands.map(StoreChange.putSystemCommand)
    all += Counter.allCases.map { StoreChange.putCounter($0, .max) }
    return all
  }

  @Test("every case comes back as it was")
  func roundTrip() throws {
    var decoding = ChangeDecoding()
    var known: [JobID: JobSpec] = [:]
    for change in Self.everything() {
      var pieces: [WireStoredTasks] = []
      let wire = try ChangeEncoding.wire(change) { pieces.append($0) }
      let bytes: [UInt8] = try wire.serializedBytes()
      for piece in pieces { try decoding.take(piece, at: 0) }
      let back = try decoding.change(try WireStoredChange(serializedBytes: bytes), at: 0) { known[$0] }
      let isSame = back.isSame(as: change)
      #expect(isSame, "\(change.name)")
      switch back {
      case .putJob(let job): known[job.id] = job.spec
      case .putJobParameters(let id, let spec), .appendTasks(let id, _, _, let spec): known[id] = spec
      default: break
      }
    }
    #expect(decoding.isBetweenChanges)
  }

  @Test("the long list of a job is not written again when a task is appended")
  func appended() throws {
    guard case .appendTasks(_, _, _, var spec) = Self.everything()[16], case .listed(var tasks, let frames) = spec.blocks[1].work
    else { return #expect(Bool(false), "the sample appends no tasks") }
    let first = tasks.count
    tasks.append(TaskSpec(name: "one", command: "x"))
    spec.blocks[1].work = .listed(tasks, framesPerTask: frames)
    var bytes = 0
    _ = try ChangeEncoding.wire(.appendTasks(JobID(14), BlockIndex(1), first: first, spec)) { bytes += $0.tasks.count }
    #expect(bytes > 0 && bytes < 100)
  }

  @Test("all that a farm has done to it comes back, and makes the same farm", arguments: 1...4 as ClosedRange<UInt64>)
  func farm(seed: UInt64) throws {
    var farm = BusyFarm(seed: seed)
    var decoding = ChangeDecoding()
    var live = KeptFarm()
    var read = KeptFarm()
    var count = 0
    for _ in 0..<400 {
      for case .store(let change) in farm.step() {
        var pieces: [WireStoredTasks] = []
        let wire = try ChangeEncoding.wire(change) { pieces.append($0) }
        for piece in pieces { try decoding.take(piece, at: 0) }
        let back = try decoding.change(wire, at: 0) { read.spec($0) }
        let isSame = back.isSame(as: change)
        #expect(isSame, "\(change.name)")
        live.apply(change)
        read.apply(back)
        count += 1
      }
    }
    #expect(count > 300)
    #expect(read.snapshot.jobs.map(\.spec) == live.snapshot.jobs.map(\.spec))
    #expect(read.snapshot.tasks == live.snapshot.tasks)
    #expect(Set(read.snapshot.runs) == Set(live.snapshot.runs))
  }

  // MARK: Files

  private static func backup() throws -> [UInt8] {
    var header = WireArchiveHeader()
    header.kind = .backup
    header.version = "1"
    var writer = try BackupWriter(header)
    for change in everything() where change.isWhole { try writer.add(change) }
    try writer.finish()
    return writer.take()
  }

  @Test("a backup is read again, in portions of any length", arguments: [1, 7, 4096, 1 << 20])
  func file(portion: Int) throws {
    var file = try Self.backup()
    if portion == 1 { file = Array(file.prefix(3000)) }
    var reader = BackupReader()
    var all: [StoreChange] = []
    for start in stride(from: 0, to: file.count, by: portion) {
      reader.append(file[start..<min(file.count, start + portion)])
      while let some = try reader.next() { all += some }
    }
    if portion == 1 {
      #expect(throws: ArchiveFault.self) { try reader.finish() }
      return
    }
    try reader.finish()
    let whole = Self.everything().filter(\.isWhole)
    let isSame = all.count == whole.count && zip(all, whole).allSatisfy { $0.isSame(as: $1) }
    #expect(isSame)
    #expect(reader.end?.jobs == 1 && reader.end?.changes == UInt64(whole.count))
  }

  @Test("a file that was cut at any place is refused, and says where")
  func cut() throws {
    let file = try Self.backup()
    for length in [0, 3, 11, 12, 20, file.count / 2, file.count - 1] + (1..<40).map({ $0 * file.count / 41 }) {
      #expect { try BackupReader.changes(in: Array(file[..<length])) } throws: { error in
        (error as? ArchiveFault)?.kind == .cut || length < 12
      }
    }
    // Cut between two records.
    var reader = ArchiveReader()
    reader.append(file)
    while let record = try reader.next() {
      if record.offset == 12 { continue }
      #expect { try BackupReader.changes(in: Array(file[..<record.offset])) } throws: {
        "\($0)".contains("ends before the end of the backup (at byte \(record.offset))")
      }
    }
  }

  @Test("a flipped bit is found, wherever it is")
  func flipped() throws {
    let file = try Self.backup()
    for index in Array(0..<200) + (1..<300).map({ $0 * (file.count - 1) / 300 }) {
      var damaged = file
      damaged[index] ^= 1 << UInt8(index & 7)
      #expect(throws: ArchiveFault.self, "byte \(index)") { try BackupReader.changes(in: damaged) }
    }
  }

  @Test("what stands behind the end, records that are left out and changes of a recording are refused")
  func order() throws {
    let file = try Self.backup()
    #expect { try BackupReader.changes(in: file + ArchiveRecord.encoded(.changes, [])) } throws: {
      "\($0)".contains("behind the end")
    }
    var records: [ArchiveRecord] = []
    var reader = ArchiveReader()
    reader.append(file)
    while let record = try reader.next() { records.append(record) }
    func bytes(_ records: [ArchiveRecord]) -> [UInt8] {
      ArchiveRecord.prefix + records.flatMap { ArchiveRecord.encoded($0.kind, $0.payload) }
    }
    #expect(bytes(records) == file)
    for index in records.indices {
      var fewer = records
      fewer.remove(at: index)
      #expect(throws: ArchiveFault.self) { try BackupReader.changes(in: bytes(fewer)) }
    }
    var change = WireStoredChange()
    change.deleteJob = 14
    var changes = WireStoredChanges()
    changes.changes = [change]
    records.insert(ArchiveRecord(.changes, try changes.serializedBytes()), at: 1)
    #expect { try BackupReader.changes(in: bytes(records)) } throws: { "\($0)".contains("does not belong into a backup") }
  }

  @Test("a length that nobody could have meant takes no memory; another format is said to be one")
  func hostile() throws {
    let long = ArchiveRecord.prefix + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 2]
    #expect { try BackupReader.changes(in: long) } throws: { "\($0)".contains("a record of 4294967295 bytes") }
    var later = ArchiveRecord.prefix
    later[11] = 9
    #expect { try BackupReader.changes(in: later) } throws: { ($0 as? ArchiveFault)?.kind == .newer }
    #expect { try BackupReader.changes(in: Array("SQLite format 3\0".utf8)) } throws: { ($0 as? ArchiveFault)?.kind == .foreign }
  }

  @Test("the checksum is that of RFC 3720")
  func checksum() {
    func crc(_ bytes: [UInt8]) -> UInt32 {
      var sum = CRC32C()
      sum.update(bytes)
      return sum.value
    }
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc(Array(0..<32)) == 0x46DD_794E)
    #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
  }
}
