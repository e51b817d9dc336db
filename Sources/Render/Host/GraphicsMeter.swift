import CPosix
import Glibc
import Model

/// Asks `nvidia-smi`, where there is one, for the first card. Blocks until it answers, at most its time-out.
struct GraphicsMeter: Sendable {
  private let program: String
  private let timeoutMilliseconds: Int64

  /// - Returns: nil when there is no `nvidia-smi` in `path`.
  init?(path: String, timeoutMilliseconds: Int64 = 5000) {
    self.timeoutMilliseconds = timeoutMilliseconds
    let files: [String] = path.split(separator: ":").map { "\($0)/nvidia-smi" }
    let found = files.first { access($0, X_OK) == 0 }
    guard let found else { return nil }
    program = found
  }

  struct Reading: Hashable, Sendable {
    var percent: Int32
    var memoryTotalMB: Int64
    var memoryUsedMB: Int64
    var name: String

    /// A line as `37, 24564, 1024, NVIDIA GeForce RTX 4090`.
    init?(line: Substring) {
      let parts = line.split(separator: ",", maxSplits: 3).map { $0.drop { $0 == " " } }
      guard parts.count == 4, let percent = Int32(parts[0]), let total = Int64(parts[1]), let used = Int64(parts[2]) else {
        return nil
      }
      self.percent = max(0, min(100, percent))
      memoryTotalMB = total
      memoryUsedMB = used
      name = parts[3].beginning(128)
    }
  }

  /// - Returns: nil when it fails or does not answer in time.
  func read() -> Reading? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer {
      close(ends[0])
      close(null)
    }
    let query = "--query-gpu=utilization.gpu,memory.total,memory.used,name"
    let child = spawn([program, query, "--format=csv,noheader,nounits"], input: null, output: ends[1])
    close(ends[1])
    guard child > 0 else { return nil }
    let output = readAll(ends[0])
    // Its answer is there or its time is over: it has nothing more to do.
    kill(-child, SIGKILL)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return output.split(separator: "\n").first.flatMap { Reading(line: $0) }
  }

  private func spawn(_ arguments: [String], input: Int32, output: Int32) -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var stage = CPOSIX_SPAWN_STARTED
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return -1 }
      return program.withCString { program in
        var request = cposix_spawn_request(
          program: program, arguments: base, environment: environ, directory: nil, input: input, output: output, errors: -1,
          nice: 0,
          death_signal: 0, open_files: 0)
        return cposix_spawn(&request, &stage)
      }
    }
  }

  private func readAll(_ pipe: Int32) -> String {
    let deadline = Clock.monotonicMilliseconds + timeoutMilliseconds
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while text.count < 64 << 10 {
      let left = deadline - Clock.monotonicMilliseconds
      var polled = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&polled, 1, Int32(left)) > 0 else { break }
      let count = Glibc.read(pipe, &buffer, buffer.count)
      guard count > 0 else { break }
      text.append(contentsOf: buffer[..<count])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
