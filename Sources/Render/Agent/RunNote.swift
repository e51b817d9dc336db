import Model

/// What the agent must know of a run that it finds again with its keeper: kept there word for word.
struct RunNote: Hashable, Sendable {
  var key: TaskKey
  /// Which start of the task this is, from 1.
  var start: Int32
  var service: String
  var parser: String
  var frames: TaskFrames
  /// It has a working directory of its own, below the state directory.
  var hasWork: Bool

  func encoded() -> [UInt8] {
    var out = ByteWriter()
    out.put(UInt8(1))
    out.put(key.job.value)
    out.put(UInt32(key.block.value))
    out.put(key.task.value)
    out.put(start)
    out.put(service)
    out.put(parser)
    out.put(frames.first)
    out.put(frames.increment)
    out.put(frames.count)
    out.put(hasWork)
    return out.bytes
  }

  init(key: TaskKey, start: Int32, service: String, parser: String, frames: TaskFrames, hasWork: Bool) {
    self.key = key
    self.start = start
    self.service = service
    self.parser = parser
    self.frames = frames
    self.hasWork = hasWork
  }

  /// - Returns: nil when it was not written by an agent of this kind.
  init?(_ bytes: [UInt8]) {
    var input = ByteReader(bytes)
    do {
      guard try input.uint8() == 1 else { return nil }
      let job = JobID(try input.uint32())
      let block = BlockIndex(UInt16(truncatingIfNeeded: try input.uint32()))
      let task = TaskIndex(try input.uint32())
      key = TaskKey(job: job, block: block, task: task)
      start = try input.int32()
      service = try input.string()
      parser = try input.string()
      frames = TaskFrames(first: try input.int64(), increment: try input.int64(), count: try input.int64())
      hasWork = try input.bool()
    } catch {
      return nil
    }
  }
}
