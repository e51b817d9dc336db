import CPosix
import Files
import Glibc
import Model

/// A task's process while it runs, with the pipe that its output comes from.
struct KeptProcess {
  /// How its leader ended, while others of the group still have time to end.
  struct LeaderEnd {
    var ending: RunRecord.Ending
    var ended: Instant
    var memoryPeakKB: Int64
    var cpuMicroseconds: Int64
  }

  let lease: Lease
  let note: [UInt8]
  /// Of the process, its group and its session.
  let pid: Int32
  let started: Instant
  let hasWork: Bool
  /// Read end; -1 after the end of the output.
  var pipe: Int32
  var output: OutputFiles
  /// The agent knows that there is output that it has not read.
  var isGrowthSaid = false
  /// Monotonic milliseconds when the group gets SIGKILL; nil: it is not being stopped.
  var killAt: Int64?
  /// The agent asked for the stop.
  var isStopAsked = false
  var leaderEnd: LeaderEnd?

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - input: descriptor that becomes its standard input.
  ///   - openFiles: its soft limit of open files.
  /// - Throws: `StartFailure` with a sentence for the task's log.
  init(_ start: TaskStart, in folder: KeeperFolder, input: Int32, openFiles: UInt) throws(StartFailure) {
    lease = start.lease
    note = start.note
    started = Clock.now
    hasWork = start.directory.isEmpty
    output = OutputFiles(head: folder.head(start.lease), tail: folder.tail(start.lease))
    let directory = start.directory.isEmpty ? folder.work(start.lease) : start.directory
    if hasWork, mkdir(directory, 0o700) != 0, errno != EEXIST {
      throw StartFailure("cannot make the working directory \(directory): \(StartFailure.text(errno))")
    }
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw StartFailure("no pipe for its output: \(StartFailure.text(errno))") }
    // Nobody can start a process in between: the keeper has one thread.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    KeeperSocket.setNonBlocking(ends[0])
    var stage = CPOSIX_SPAWN_STARTED
    let child = Self.withCStrings(start.arguments) { arguments in
      Self.withCStrings(start.environment) { environment in
        start.program.withCString { program in
          directory.withCString { directory in
            var request = cposix_spawn_request(
              program: program, arguments: arguments, environment: environment, directory: directory, input: input, output: ends[1],
              errors: -1, nice: start.nice, death_signal: SIGKILL, open_files: openFiles)
            return cposix_spawn(&request, &stage)
          }
        }
      }
    }
    close(ends[1])
    guard child > 0 else {
      close(ends[0])
      let why = StartFailure.text(-child)
      switch stage {
      case CPOSIX_SPAWN_DIRECTORY: throw StartFailure("cannot enter the working directory \(directory): \(why)")
      case CPOSIX_SPAWN_EXECUTE: throw StartFailure("cannot execute \(start.program): \(why)")
      default: throw StartFailure("cannot make a process: \(why)")
      }
    }
    pid = child
    pipe = ends[0]
  }

  /// Reads what has come, at most `limit` bytes.
  ///
  /// - Returns: whether anything came.
  mutating func takeOutput(_ buffer: inout [UInt8], limit: Int) -> Bool {
    var taken = 0
    while pipe >= 0, taken < limit {
      let count = read(pipe, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      guard count > 0 else {
        closePipe()
        break
      }
      buffer.withUnsafeBytes { output.append(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
      taken += count
    }
    return taken > 0
  }

  mutating func closePipe() {
    if pipe >= 0 { close(pipe) }
    pipe = -1
  }

  /// Whether nobody is left in the group.
  var isGroupGone: Bool { kill(-pid, 0) != 0 && errno == ESRCH }

  private static func withCStrings<Result>(_ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result)
    -> Result
  {
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
      // Never empty: it ends with nil.
      guard let base = buffer.baseAddress else { preconditionFailure("an array that is not empty has an address") }
      return body(base)
    }
  }
}

/// Why a process could not be started: a sentence for the task's log.
struct StartFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }

  static func text(_ code: Int32) -> String {
    // strerror's buffer is not shared: the keeper has one thread.
    String(cString: strerror(code))
  }
}

/// The two clocks that the keeper needs.
enum Clock {
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// Never jumps; for waits.
  static var monotonicMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
