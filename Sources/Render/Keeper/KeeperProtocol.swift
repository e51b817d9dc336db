import Model

/// What agent and keeper say to each other over the socket in the state directory: frames of a length (four bytes, big-endian) and
/// one message. The keeper may be of an older version than the agent: it outlives upgrades.
enum KeeperProtocol {
  static let version: UInt32 = 1
  /// Of one message, in bytes. Command lines and environments beyond it could not be executed anyway.
  static let messageBytes = 4 << 20
  /// Of one portion of output, in bytes.
  static let portionBytes = Limits.outputPortion
}

/// A process to start, ready for exec.
struct TaskStart: Hashable, Sendable {
  var lease: Lease
  /// What the agent wants to know of the run when it finds it again; the keeper does not look into it.
  var note: [UInt8]
  /// A file; not searched in PATH.
  var program: String
  var arguments: [String]
  /// `NAME=value`.
  var environment: [String]
  /// Empty: a folder of the run's own, removed with it.
  var directory: String
  /// -20...19.
  var nice: Int32
  /// Its standard input is the run's input file, which goes when it is started; else there is none. A keeper from before such runs
  /// gives it none.
  var hasInput = false
}

/// From the agent.
enum KeeperRequest: Hashable, Sendable {
  case hello(version: UInt32)
  /// What is kept: one `kept` for each run, then `listed`.
  case list
  case start(TaskStart)
  /// TERM now, KILL for what is left of the group after `graceMilliseconds`.
  case stop(Lease, graceMilliseconds: UInt32)
  /// The result is in good hands: remove all that is kept of the run. A run that goes on is stopped hard first.
  case forget(Lease)
  /// The next portion of output at or after `offset`.
  case read(Lease, offset: UInt64, limit: UInt32)
}

/// From the keeper.
enum KeeperReport: Hashable, Sendable {
  case hello(version: UInt32, pid: Int32)
  case kept(KeptRun)
  case listed
  case started(Lease, pid: Int32)
  /// Output was added; said once, and again only after a `read` that came to the end of it.
  case grew(Lease, total: UInt64)
  case ended(Lease, RunRecord)
  /// `offset` is beyond the one asked for where the middle was cut. Empty when there is nothing (more).
  case portion(Lease, offset: UInt64, total: UInt64, data: [UInt8])
}

/// A run as the keeper knows it.
struct KeptRun: Hashable, Sendable {
  enum Phase: Hashable, Sendable {
    case running(pid: Int32)
    case ended(RunRecord)
  }
  var lease: Lease
  var note: [UInt8]
  var total: UInt64
  var phase: Phase
}

extension KeeperRequest {
  func encoded() -> [UInt8] {
    var out = ByteWriter()
    switch self {
    case .hello(let version):
      out.put(UInt8(1))
      out.put(version)
    case .list:
      out.put(UInt8(2))
    case .start(let start):
      out.put(UInt8(3))
      out.put(start.lease.value)
      out.put(start.note)
      out.put(start.program)
      out.put(start.arguments)
      out.put(start.environment)
      out.put(start.directory)
      out.put(start.nice)
      out.put(start.hasInput)
    case .stop(let lease, let grace):
      out.put(UInt8(4))
      out.put(lease.value)
      out.put(grace)
    case .forget(let lease):
      out.put(UInt8(5))
      out.put(lease.value)
    case .read(let lease, let offset, let limit):
      out.put(UInt8(6))
      out.put(lease.value)
      out.put(offset)
      out.put(limit)
    }
    return out.framed()
  }

  /// - Returns: nil for a kind that this version does not know.
  static func decode(_ message: ArraySlice<UInt8>) throws(ByteReader.Truncated) -> KeeperRequest? {
    var input = ByteReader(message)
    switch try input.uint8() {
    case 1: return .hello(version: try input.uint32())
    case 2: return .list
    case 3:
      var start = TaskStart(
        lease: Lease(try input.uint64()), note: try input.bytes(), program: try input.string(), arguments: try input.strings(),
        environment: try input.strings(), directory: try input.string(), nice: try input.int32())
      // An agent from before such runs does not say it.
      if !input.isAtEnd { start.hasInput = try input.bool() }
      return .start(start)
    case 4: return .stop(Lease(try input.uint64()), graceMilliseconds: try input.uint32())
    case 5: return .forget(Lease(try input.uint64()))
    case 6: return .read(Lease(try input.uint64()), offset: try input.uint64(), limit: try input.uint32())
    default: return nil
    }
  }
}

extension KeeperReport {
  func encoded() -> [UInt8] {
    var out = ByteWriter()
    switch self {
    case .hello(let version, let pid):
      out.put(UInt8(1))
      out.put(version)
      out.put(pid)
    case .kept(let run):
      out.put(UInt8(2))
      out.put(run.lease.value)
      out.put(run.note)
      out.put(run.total)
      switch run.phase {
      case .running(let pid):
        out.put(pid)
      case .ended(let record):
        out.put(Int32(0))
        record.write(to: &out)
      }
    case .listed:
      out.put(UInt8(3))
    case .started(let lease, let pid):
      out.put(UInt8(4))
      out.put(lease.value)
      out.put(pid)
    case .grew(let lease, let total):
      out.put(UInt8(5))
      out.put(lease.value)
      out.put(total)
    case .ended(let lease, let record):
      out.put(UInt8(6))
      out.put(lease.value)
      record.write(to: &out)
    case .portion(let lease, let offset, let total, let data):
      out.put(UInt8(7))
      out.put(lease.value)
      out.put(offset)
      out.put(total)
      out.put(data)
    }
    return out.framed()
  }

  /// - Returns: nil for a kind that this version does not know.
  static func decode(_ message: ArraySlice<UInt8>) throws(ByteReader.Truncated) -> KeeperReport? {
    var input = ByteReader(message)
    switch try input.uint8() {
    case 1: return .hello(version: try input.uint32(), pid: try input.int32())
    case 2:
      let lease = Lease(try input.uint64())
      let note = try input.bytes()
      let total = try input.uint64()
      let pid = try input.int32()
      let phase: KeptRun.Phase = pid != 0 ? .running(pid: pid) : .ended(try RunRecord(from: &input))
      return .kept(KeptRun(lease: lease, note: note, total: total, phase: phase))
    case 3: return .listed
    case 4: return .started(Lease(try input.uint64()), pid: try input.int32())
    case 5: return .grew(Lease(try input.uint64()), total: try input.uint64())
    case 6: return .ended(Lease(try input.uint64()), try RunRecord(from: &input))
    case 7:
      return .portion(
        Lease(try input.uint64()), offset: try input.uint64(), total: try input.uint64(), data: try input.bytes())
    default: return nil
    }
  }
}

/// Cuts a stream into messages. Holds no more than one incomplete message and what one read brought.
struct MessageBuffer {
  /// The other side announced a message longer than `KeeperProtocol.messageBytes`, or an empty one.
  struct BadLength: Error, CustomStringConvertible {
    let length: UInt32
    var description: String { "a message of \(length) bytes, at most \(KeeperProtocol.messageBytes) are allowed" }
  }

  private var bytes: [UInt8] = []
  private var taken = 0

  mutating func append(_ more: some Sequence<UInt8>) {
    if taken == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      taken = 0
    } else if taken > 64 << 10 {
      bytes.removeFirst(taken)
      taken = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next whole message; nil when more bytes are needed.
  mutating func next() throws(BadLength) -> ArraySlice<UInt8>? {
    guard bytes.count - taken >= 4 else { return nil }
    let length = bytes[taken..<taken + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard length > 0, length <= KeeperProtocol.messageBytes else { throw BadLength(length: length) }
    let end = taken + 4 + Int(length)
    guard bytes.count >= end else { return nil }
    defer { taken = end }
    return bytes[taken + 4..<end]
  }
}
