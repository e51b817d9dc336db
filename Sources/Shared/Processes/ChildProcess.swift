import CPosix
import Glibc
public import Model

/// One program that is started, given its input, and heard to its end, within a bounded time and with bounded memory. No shell is
/// involved. It leads a process group of its own, which ends with it.
public struct ChildProcess: Sendable {
  public enum Ending: Hashable, Sendable {
    case exited(Int32)
    case killed(Int32)
    case timedOut
    /// Somebody wants this program to end, and with it the child.
    case stopped
  }

  public struct Outcome: Sendable {
    public var ending: Ending
    public var output: [UInt8]
    public var errors: [UInt8]
    /// There was more than was kept.
    public var isCut: Bool

    /// How it ended, as a sentence goes on; nil when it ended well.
    public func fault(limitSeconds: Int) -> String? {
      switch ending {
      case .exited(0): nil
      case .exited(let status): "ended with exit status \(status)"
      case .killed(let signal): "was killed by signal \(signal)"
      case .timedOut: "did not end within \(limitSeconds) s and was killed"
      case .stopped: "was stopped"
      }
    }
  }

  /// The first is a path, or a name that is looked for in `PATH`.
  public var arguments: [String]
  /// The whole of it.
  public var environment: [String: String]
  public var input: [UInt8] = []
  public var timeoutMilliseconds: Int64 = 60_000
  /// Of the output, and of the errors: what is beyond is read and thrown away.
  public var keptBytes = 64 << 10
  /// Errors go where the output goes.
  public var isJoined = false
  /// The kernel kills it when the thread ends that started it.
  public var isBound = true
  /// Readable when this program is to end; -1: nobody says so.
  public var stopDescriptor: Int32 = -1

  public init(arguments: [String], environment: [String: String], input: [UInt8] = []) {
    self.arguments = arguments
    self.environment = environment
    self.input = input
  }

  public static var monotonicMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// - Throws: `Failure` when it cannot be started.
  public func run() throws(Failure) -> Outcome {
    guard let name = arguments.first, !arguments.contains(where: { $0.utf8.contains(0) }),
      !environment.contains(where: { $0.key.isEmpty || ($0.key + $0.value).utf8.contains(0) || $0.key.utf8.contains(0x3d) })
    else { throw Failure(.failed, "a command without a program, or with a NUL character, cannot be started") }
    guard let program = Self.find(name, path: environment["PATH"] ?? "/usr/bin:/bin") else {
      throw Failure(.failed, "there is no program \(name) here" + (name.contains("/") ? "" : " (looked for in PATH)"))
    }
    var input = try Pipe()
    var output = try Pipe()
    var errors = try Pipe()
    defer {
      input.close()
      output.close()
      errors.close()
    }
    let pid = spawn(program, input: input.reader, output: output.writer, errors: isJoined ? -1 : errors.writer)
    guard pid > 0 else { throw Failure(.failed, "cannot execute \(program): \(String(cString: strerror(-pid)))") }
    input.closeReader()
    output.closeWriter()
    errors.closeWriter()
    var talk = Talk(input: input.takeWriter(), output: output.takeReader(), errors: errors.takeReader(), keptBytes: keptBytes)
    return talk.hold(
      pid, input: self.input, deadline: Self.monotonicMilliseconds + timeoutMilliseconds, stopDescriptor: stopDescriptor)
  }

  /// A file that may be executed: a path as it is; a name where `path` and the folders of mail programs have it.
  static func find(_ name: String, path: String) -> String? {
    func isProgram(_ path: String) -> Bool {
      var file = cposix_file()
      return cposix_look(path, &file) == 0 && file.is_regular && access(path, X_OK) == 0
    }
    if name.contains("/") { return isProgram(name) ? name : nil }
    guard !name.isEmpty else { return nil }
    let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/lib"]
    return folders.lazy.map { "\($0)/\(name)" }.first(where: isProgram)
  }

  private func spawn(_ program: String, input: Int32, output: Int32, errors: Int32) -> Int32 {
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var entries: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + entries { free(text) } }
    var stage = CPOSIX_SPAWN_STARTED
    return words.withUnsafeMutableBufferPointer { words in
      entries.withUnsafeMutableBufferPointer { entries in
        guard let arguments = words.baseAddress, let environment = entries.baseAddress else { return -EINVAL }
        return program.withCString { program in
          var request = cposix_spawn_request(
            program: program, arguments: arguments, environment: environment, directory: nil, input: input, output: output,
            errors: errors, nice: 0, death_signal: isBound ? SIGKILL : 0, open_files: 0)
          return cposix_spawn(&request, &stage)
        }
      }
    }
  }
}
