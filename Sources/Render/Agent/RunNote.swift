import Model

/// What the agent must know of a run that it finds again with its keeper: kept there word for word.
struct RunNote: Hashable, Sendable {
  var key: TaskKey
  /// Which start of the task this is, from 1.
  var start: Int32
  /// Of a multi-host task: 0 for the master, from 1 for its slaves.
  var host: Int32 = 0
  /// Names the rules that its output is read with.
  var service: String
  var parser: String
  var frames: TaskFrames
  /// It has a working directory of its own, below the state directory.
  var hasWork: Bool
  /// What must be there when it has ended well; nil: nobody looks.
  var files: ResultFiles?

  private static let version: UInt8 = 2

  func encoded() -> [UInt8] {
    var out = ByteWriter()
    out.put(Self.version)
    out.put(key.job.value)
    out.put(UInt32(key.block.value))
    out.put(key.task.value)
    out.put(start)
    out.put(host)
    out.put(service)
    out.put(parser)
    frames.write(to: &out)
    out.put(hasWork)
    out.put(files != nil)
    files?.write(to: &out)
    return out.bytes
  }

  init(
    key: TaskKey, start: Int32, host: Int32 = 0, service: String, parser: String, frames: TaskFrames, hasWork: Bool,
    files: ResultFiles? = nil
  ) {
    self.key = key
    self.start = start
    self.host = host
    self.service = service
    self.parser = parser
    self.frames = frames
    self.hasWork = hasWork
    self.files = files
  }

  /// - Returns: nil when it was not written by an agent of this kind.
  init?(_ bytes: [UInt8]) {
    var input = ByteReader(bytes)
    do {
      let version = try input.uint8()
      guard (1...Self.version).contains(version) else { return nil }
      let job = JobID(try input.uint32())
      let block = BlockIndex(UInt16(truncatingIfNeeded: try input.uint32()))
      let task = TaskIndex(try input.uint32())
      key = TaskKey(job: job, block: block, task: task)
      start = try input.int32()
      if version > 1 { host = try input.int32() }
      service = try input.string()
      parser = try input.string()
      frames = version > 1 ? try TaskFrames(from: &input) : try TaskFrames(fromFirstVersion: &input)
      hasWork = try input.bool()
      if version > 1, try input.bool() { files = try ResultFiles(from: &input) }
    } catch {
      return nil
    }
  }
}

extension TaskFrames {
  func write(to out: inout ByteWriter) {
    out.put(first)
    out.put(increment)
    out.put(count)
    out.put(passes)
  }

  init(from input: inout ByteReader) throws(ByteReader.Truncated) {
    self.init(
      first: try input.int64(), increment: try input.int64(), count: try input.int64(), passes: try input.int64())
  }

  fileprivate init(fromFirstVersion input: inout ByteReader) throws(ByteReader.Truncated) {
    self.init(first: try input.int64(), increment: try input.int64(), count: try input.int64())
  }
}
