import CPosix
import Glibc

/// A program under measurement: its output read up to a line, its processor time and memory read from /proc.
final class Measured {
  let pid: pid_t
  private let output: Int32

  struct Fault: Error, CustomStringConvertible { let description: String }

  /// Programs are looked for beside this one.
  static func path(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let own = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) + "/" + name
  }

  init(_ name: String, _ arguments: [String], environment: [String] = [], errors: String = "/dev/null") throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Fault(description: "pipe: \(errno)") }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[1])
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let path = Self.path(name)
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    var all = environment
    var at = environ
    while let entry = at.pointee {
      all.append(String(cString: entry))
      at += 1
    }
    let envp = all.map { strdup($0) } + [nil]
    defer { for case let text? in argv + envp { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, &actions, nil, argv, envp)
    close(ends[1])
    guard code == 0 else { throw Fault(description: "\(path): \(String(cString: strerror(code)))") }
    self.pid = pid
    output = ends[0]
  }

  /// Reads until a line contains `text`.
  func line(containing text: String) throws -> String {
    var line: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      let count = read(output, &byte, 1)
      guard count == 1 else { throw Fault(description: "the program ended before it said \"\(text)\"") }
      if byte != 0x0A {
        line.append(byte)
        continue
      }
      let found = String(decoding: line, as: UTF8.self)
      if found.contains(text) { return found }
      line.removeAll()
    }
  }

  /// User and system time, in seconds.
  var cpuSeconds: Double { Self.cpuSeconds(of: pid) }
  static func cpuSeconds(of pid: pid_t) -> Double {
    let fields = contents("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  var residentBytes: Int { Self.residentBytes(of: pid) }
  static func residentBytes(of pid: pid_t) -> Int {
    let line = contents("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) * 1024
  }

  private static func contents(_ path: String) -> String {
    let fd = open(path, O_RDONLY)
    guard fd >= 0 else { return "" }
    defer { close(fd) }
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = read(fd, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  func stop() {
    kill(pid, SIGTERM)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    close(output)
  }
}

/// Monotonic seconds.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A folder of this run's own, removed at its end.
final class Scratch {
  let path: String
  init() throws {
    var template = Array("/tmp/reeve-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Measured.Fault(description: "mkdtemp: \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  deinit {
    let pid = try? Measured.run("/bin/rm", ["-rf", path])
    _ = pid
  }
}

extension Measured {
  static func run(_ path: String, _ arguments: [String]) throws -> Int32 {
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for case let text? in argv { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, nil, nil, argv, environ)
    guard code == 0 else { throw Fault(description: "\(path): \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return status
  }
}
