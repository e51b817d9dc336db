import CPosix
import Foundation
import Synchronization

/// A program of ours (or of the system) as a real process, with what it prints.
public final class Program: Sendable {
  /// Where the built programs lie: beside the test bundle.
  public static let folder: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    let here = URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
    let path = ProcessInfo.processInfo.environment["REEVE_PROGRAMS"] ?? here.path
    return path
  }()

  public static func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }

  public let pid: pid_t
  public let name: String
  private let outputPath: String
  private let errorPath: String
  private let status = Mutex<Int32?>(nil)

  /// Starts a program. Output and errors go to files in `scratch`.
  public init(
    _ name: String, _ arguments: [String], scratch: ScratchFolder, environment: [String: String] = [:], input: String? = nil
  ) throws {
    let path = Self.path(of: name)
    self.name = (name as NSString).lastPathComponent
    let stamp = UUID().uuidString.prefix(8)
    outputPath = scratch.file("\(self.name)-\(stamp).out")
    errorPath = scratch.file("\(self.name)-\(stamp).err")
    var all = ProcessInfo.processInfo.environment
    for key in all.keys where key.hasPrefix("REEVE_") || key.hasPrefix("CGRU_") { all[key] = nil }
    all["XDG_CONFIG_HOME"] = scratch.file("config")
    all["XDG_STATE_HOME"] = scratch.file("state")
    all["HOME"] = scratch.path
    all["LC_ALL"] = "C.UTF-8"
    all["TZ"] = "UTC"
    all["NO_COLOR"] = nil
    all.merge(environment) { $1 }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var inputPath = "/dev/null"
    if let input {
      inputPath = scratch.file("\(self.name)-\(stamp).in")
      try input.write(toFile: inputPath, atomically: false, encoding: .utf8)
    }
    posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // Threads of a test runner have signals blocked, and a child would inherit that: a window's change would never reach it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var every = sigset_t()
    sigfillset(&every)
    posix_spawnattr_setsigdefault(&attributes, &every)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // Sockets of the test itself are none of the program's business: one that listens would go on listening there.
    cposix_close_on_exec_from(3)
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    let envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for case let text? in argv + envp { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, &actions, &attributes, argv, envp)
    guard code == 0 else { throw NotObserved("cannot start \(path): \(String(cString: strerror(code)))") }
    self.pid = pid
  }

  deinit {
    if exitStatus == nil {
      kill(pid, SIGKILL)
      var raw: Int32 = 0
      waitpid(pid, &raw, 0)
    }
  }

  public var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
  public var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  public func signal(_ number: Int32) { if exitStatus == nil { kill(pid, number) } }

  /// The exit status, 128 + number for a signal; nil while it runs.
  public var exitStatus: Int32? {
    status.withLock { status in
      if let status { return status }
      var raw: Int32 = 0
      guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
      status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
      return status
    }
  }

  /// Waits for the end. - Throws: `NotObserved` when it does not come.
  @discardableResult
  public func wait(limit: Double = 180) throws -> Int32 {
    try observe("the end of \(name)", limit: limit, seen: { "output: \(self.output)\nerrors: \(self.errors)" }) { exitStatus }
  }

  /// Waits for a line of the output (or of the errors) that contains a text.
  @discardableResult
  public func waitForLine(_ text: String, inErrors: Bool = false, limit: Double = 180) throws -> String {
    try observe("\"\(text)\" from \(name)", limit: limit, seen: { "output: \(self.output)\nerrors: \(self.errors)" }) {
      let all = inErrors ? self.errors : self.output
      if let line = all.split(separator: "\n").first(where: { $0.contains(text) }) { return String(line) }
      if let status = self.exitStatus {
        throw NotObserved("\(name) ended with \(status)\noutput: \(self.output)\nerrors: \(self.errors)")
      }
      return nil
    }
  }

  /// Resident memory in bytes.
  public var residentBytes: Int {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) * 1024
  }

  /// Processor time used so far, in seconds.
  public var cpuSeconds: Double {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    guard let end = text.lastIndex(of: ")") else { return 0 }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
