import CPosix
import Glibc

/// The three pipes of a child, from its start to its end: one thread and one `poll`.
struct Talk {
  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private let keptBytes: Int
  private var outcome = ChildProcess.Outcome(ending: .timedOut, output: [], errors: [], isCut: false)
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  init(input: Int32, output: Int32, errors: Int32, keptBytes: Int) {
    (self.input, self.output, self.errors) = (input, output, errors)
    self.keptBytes = keptBytes
    for descriptor in [input, output, errors] { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }
  }

  /// Gives the child its input and takes what it says, until it ends, its time is over, or somebody wants it to end. Then its
  /// process group is killed: what it left running would hold its pipes and its machine.
  mutating func hold(_ pid: Int32, input text: [UInt8], deadline: Int64, stopDescriptor: Int32) -> ChildProcess.Outcome {
    var rest = text[...]
    if rest.isEmpty { closeInput() }
    while true {
      let left = deadline - ChildProcess.monotonicMilliseconds
      if left <= 0 {
        outcome.ending = .timedOut
        break
      }
      var polled = [
        pollfd(fd: input, events: Int16(POLLOUT), revents: 0), pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0), pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      // Its end is not heard while something that it started has its pipes: it is looked for now and then.
      let isSilent = output < 0 && errors < 0
      let count = poll(&polled, nfds_t(polled.count), Int32(min(left, isSilent ? 2 : 50)))
      if count > 0 {
        if polled[3].revents != 0 {
          outcome.ending = .stopped
          break
        }
        if polled[0].revents != 0 { give(&rest) }
        if polled[1].revents != 0 { take(\.output, isError: false) }
        if polled[2].revents != 0 { take(\.errors, isError: true) }
      }
      if cposix_has_ended(pid) != 0 { return end(pid) }
    }
    let why = outcome.ending
    kill(-pid, SIGKILL)
    _ = end(pid)
    outcome.ending = why
    return outcome
  }

  /// What it wrote last is in the pipes. Its group goes while its number cannot belong to anybody else.
  private mutating func end(_ pid: Int32) -> ChildProcess.Outcome {
    kill(-pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    outcome.ending = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(status & 0x7f)
    take(\.output, isError: false)
    take(\.errors, isError: true)
    closeAll()
    return outcome
  }

  private mutating func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  private mutating func closeAll() {
    closeInput()
    for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) }
    (output, errors) = (-1, -1)
  }

  private mutating func give(_ rest: inout ArraySlice<UInt8>) {
    let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    // It may not want to read all of it.
    guard count > 0 else { return closeInput() }
    rest = rest.dropFirst(count)
    if rest.isEmpty { closeInput() }
  }

  /// Reads all that is there; a child that writes without end gives others their turn after 16 portions.
  private mutating func take(_ pipe: WritableKeyPath<Talk, Int32>, isError: Bool) {
    for _ in 0..<16 {
      let descriptor = self[keyPath: pipe]
      guard descriptor >= 0 else { return }
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else {
        close(descriptor)
        self[keyPath: pipe] = -1
        return
      }
      let kept = isError ? outcome.errors.count : outcome.output.count
      let wanted = min(count, keptBytes - kept)
      if wanted < count { outcome.isCut = true }
      if isError { outcome.errors += buffer[..<wanted] } else { outcome.output += buffer[..<wanted] }
    }
  }
}
