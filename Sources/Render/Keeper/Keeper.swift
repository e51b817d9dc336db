import CPosix
import Files
import Glibc
import Model

/// The parent of an agent's tasks: a small process of its own that outlives the agent, so that an agent that crashes, restarts or is
/// upgraded finds its tasks running, their output kept, and their results waiting.
///
/// One thread and one `poll`: a task's life must not depend on anything that can be waited for. It leaves by itself when no agent is
/// connected and nothing runs; results stay on disk for the next one. Should it be killed, the kernel kills the tasks (death signal),
/// and the next keeper what those had started.
final class Keeper {
  /// What the processes of this keeper's tasks have in their environment: the state directory.
  static let mark = "REEVE_KEEPER"

  private let folder: KeeperFolder
  private let lock: FileLock
  private let listener: Int32
  private let signals: Int32
  /// `/dev/null`: the tasks' standard input.
  private let null: Int32
  private let openFiles: UInt
  private var peer: KeeperPeer?
  private var running: [Lease: KeptProcess] = [:]
  private var leases: [Int32: Lease] = [:]
  private var ended: [Lease: (record: RunRecord, hasWork: Bool)] = [:]
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  /// Monotonic milliseconds until which a keeper without an agent stays for the one that started it.
  private var waitsUntil: Int64
  /// SIGTERM came: no new tasks, and leave when the last has ended.
  private var isLeaving = false

  /// - Throws: `FileLock.Taken` when another keeper has the folder, `FileError` when something cannot be made.
  init(_ folder: KeeperFolder) throws {
    self.folder = folder
    try folder.make()
    lock = try FileLock(folder.keeperLock)
    null = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else { throw FileError("open", "/dev/null") }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGHUP, SIG_IGN)
    let wanted = [SIGCHLD, SIGTERM, SIGINT]
    signals = cposix_signal_descriptor(wanted, Int32(wanted.count))
    guard signals >= 0 else { throw FileError("open", "a signal descriptor", code: -signals) }
    _ = cposix_adopt_orphans()
    openFiles = Self.raiseOpenFiles()
    LeftOver.end(mark: "\(Self.mark)=\(folder.path)")
    for (lease, record) in folder.sweep() { ended[lease] = (record, true) }
    listener = try KeeperSocket.listen(in: folder)
    waitsUntil = Clock.monotonicMilliseconds + 30_000
  }

  deinit {
    close(listener)
    close(signals)
    close(null)
  }

  /// Up to three descriptors a task. The tasks get the limit that was.
  private static func raiseOpenFiles() -> UInt {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    let before = limit.rlim_cur
    limit.rlim_cur = min(limit.rlim_max, 16_384)
    if limit.rlim_cur > before { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
    return UInt(before)
  }

  // MARK: - The loop

  /// Returns when there is nothing left to keep.
  func run() {
    while !isDone { turn() }
    unlink("\(folder.path)/\(folder.socketName)")
  }

  private var isDone: Bool {
    guard running.isEmpty else { return false }
    return isLeaving || (peer == nil && Clock.monotonicMilliseconds >= waitsUntil)
  }

  private func turn() {
    var polled = [
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0), pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
      pollfd(fd: peer?.socket ?? -1, events: Int16(POLLIN) | (peer?.hasOutput == true ? Int16(POLLOUT) : 0), revents: 0),
    ]
    var readers: [Lease] = []
    for (lease, process) in running where process.pipe >= 0 {
      polled.append(pollfd(fd: process.pipe, events: Int16(POLLIN), revents: 0))
      readers.append(lease)
    }
    let count = poll(&polled, nfds_t(polled.count), timeout())
    if count > 0 {
      for (at, lease) in readers.enumerated() where polled[at + 3].revents != 0 { takeOutput(lease) }
      if polled[0].revents != 0 { takeSignals() }
      if polled[2].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { takeRequests() }
      if polled[1].revents != 0 { takeAgent() }
    }
    killLate()
    if peer?.flush() == false { loseAgent() }
  }

  /// Milliseconds until the next thing that time brings; -1: nothing.
  private func timeout() -> Int32 {
    var next = running.values.compactMap(\.killAt).min()
    if peer == nil, running.isEmpty { next = min(next ?? .max, waitsUntil) }
    guard let next else { return -1 }
    return Int32(max(0, min(60_000, next - Clock.monotonicMilliseconds)))
  }

  private func say(_ text: String) {
    let line = "reeve-render keeper \(getpid()): \(text)\n"
    _ = line.withCString { write(2, $0, strlen($0)) }
  }

  // MARK: - The agent

  private func takeAgent() {
    let socket = accept(listener, nil, nil)
    guard socket >= 0 else { return }
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    KeeperSocket.setNonBlocking(socket)
    // There is one agent, by its lock: the newest connection is its.
    if peer != nil { loseAgent() }
    peer = KeeperPeer(socket: socket)
    for lease in running.keys { running[lease]?.isGrowthSaid = false }
  }

  private func loseAgent() {
    if let peer { close(peer.socket) }
    peer = nil
    waitsUntil = Clock.monotonicMilliseconds
  }

  private func takeRequests() {
    guard peer?.receive(into: &buffer) == true else { return loseAgent() }
    do {
      while let request = try peer?.next() { handle(request) }
    } catch {
      say("the agent's connection is closed: \(error)")
      loseAgent()
    }
  }

  private func handle(_ request: KeeperRequest) {
    switch request {
    case .hello:
      peer?.send(.hello(version: KeeperProtocol.version, pid: getpid()))
    case .list:
      for (lease, process) in running.sorted(by: { $0.key < $1.key }) {
        peer?.send(.kept(KeptRun(lease: lease, note: process.note, total: process.output.total, phase: .running(pid: process.pid))))
      }
      for (lease, run) in ended.sorted(by: { $0.key < $1.key }) {
        peer?.send(.kept(KeptRun(lease: lease, note: run.record.note, total: run.record.outputTotal, phase: .ended(run.record))))
      }
      peer?.send(.listed)
    case .start(let start): self.start(start)
    case .stop(let lease, let grace):
      running[lease]?.isStopAsked = true
      stop(lease, grace: Int64(grace))
    case .forget(let lease): forget(lease)
    case .read(let lease, let offset, let limit): read(lease, from: offset, limit: Int(limit))
    }
  }

  private func read(_ lease: Lease, from offset: UInt64, limit: Int) {
    let limit = min(limit, KeeperProtocol.portionBytes)
    let files: OutputFiles
    if let process = running[lease] {
      files = process.output
    } else if let run = ended[lease] {
      files = OutputFiles(head: folder.head(lease), tail: folder.tail(lease), total: run.record.outputTotal)
    } else {
      // The agent waits for an answer.
      peer?.send(.portion(lease, offset: 0, total: 0, data: []))
      return
    }
    let (start, data) = files.read(from: offset, limit: limit)
    peer?.send(.portion(lease, offset: start, total: files.total, data: data))
    if start + UInt64(data.count) >= files.total { running[lease]?.isGrowthSaid = false }
  }

  // MARK: - Runs

  private func start(_ start: TaskStart) {
    // The agent asks again when it does not know whether it has.
    guard running[start.lease] == nil, ended[start.lease] == nil else {
      if start.hasInput { unlink(folder.input(start.lease)) }
      return
    }
    var start = start
    start.environment.append("\(Self.mark)=\(folder.path)")
    do throws(StartFailure) {
      guard !isLeaving else { throw StartFailure("the agent's keeper is leaving") }
      let input = start.hasInput ? try openInput(start.lease) : null
      defer { if input != null { close(input) } }
      let process = try KeptProcess(start, in: folder, input: input, openFiles: openFiles)
      running[start.lease] = process
      leases[process.pid] = start.lease
      peer?.send(.started(start.lease, pid: process.pid))
    } catch {
      let now = Clock.now
      finish(
        start.lease, RunRecord(ending: .failedToStart(error.description), started: now, ended: now, note: start.note),
        hasWork: start.directory.isEmpty)
    }
  }

  /// From now on only the process has it.
  private func openInput(_ lease: Lease) throws(StartFailure) -> Int32 {
    let path = folder.input(lease)
    let input = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard input >= 0 else { throw StartFailure("cannot read its standard input, \(path): \(StartFailure.text(errno))") }
    unlink(path)
    return input
  }

  private func takeOutput(_ lease: Lease) {
    guard var process = running.removeValue(forKey: lease) else { return }
    if process.takeOutput(&buffer, limit: buffer.count) { sayGrowth(&process) }
    running[lease] = process
  }

  private func sayGrowth(_ process: inout KeptProcess) {
    guard peer != nil, !process.isGrowthSaid, process.output.total > 0 else { return }
    process.isGrowthSaid = true
    peer?.send(.grew(process.lease, total: process.output.total))
  }

  private func stop(_ lease: Lease, grace: Int64) {
    guard let process = running[lease], process.killAt == nil else { return }
    running[lease]?.killAt = Clock.monotonicMilliseconds + grace
    kill(-process.pid, SIGTERM)
    // Whoever stands still could not hear it.
    kill(-process.pid, SIGCONT)
  }

  /// KILL for what has not left in its time.
  private func killLate() {
    guard running.values.contains(where: { $0.killAt != nil }) else { return }
    let now = Clock.monotonicMilliseconds
    for (lease, process) in running where process.killAt.map({ $0 <= now }) == true {
      kill(-process.pid, SIGKILL)
      if process.leaderEnd != nil { end(lease) } else { running[lease]?.killAt = now + 1000 }
    }
  }

  private func forget(_ lease: Lease) {
    if let process = running.removeValue(forKey: lease) {
      // Its end is nobody's business any more; the zombie is reaped as a stranger.
      kill(-process.pid, SIGKILL)
      leases[process.pid] = nil
      var process = process
      process.closePipe()
      process.output.close()
      folder.remove(lease, hasOutput: true, hasWork: process.hasWork)
    } else if let run = ended.removeValue(forKey: lease) {
      folder.remove(lease, hasOutput: run.record.outputTotal > 0, hasWork: run.hasWork)
    }
  }

  // MARK: - Ends

  private func takeSignals() {
    while true {
      let number = cposix_next_signal(signals)
      guard number > 0 else { break }
      if number == SIGCHLD { continue }
      if !isLeaving { say("signal \(number): its tasks are stopped") }
      isLeaving = true
      for lease in running.keys.sorted() {
        // The machine goes down, or somebody wants the keeper gone: no fault of the tasks, which are to be tried again elsewhere.
        running[lease]?.isStopAsked = true
        stop(lease, grace: 10_000)
      }
    }
    reap()
  }

  /// Several ends may come as one signal: takes all there are.
  private func reap() {
    while true {
      let pid = cposix_ended_child()
      guard pid > 0 else { break }
      let lease = leases[pid]
      // While the leader is a zombie its group's number cannot belong to anybody else.
      if let lease, running[lease]?.killAt == nil { kill(-pid, SIGKILL) }
      var status: Int32 = 0
      var usage = rusage()
      guard wait4(pid, &status, 0, &usage) == pid else { break }
      guard let lease else { continue }
      running[lease]?.leaderEnd = KeptProcess.LeaderEnd(
        ending: status & 0x7f == 0 ? .exited(status: status >> 8 & 0xff) : .killed(signal: status & 0x7f), ended: Clock.now,
        memoryPeakKB: Int64(usage.ru_maxrss),
        cpuMicroseconds: Int64(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + Int64(usage.ru_utime.tv_usec)
          + Int64(usage.ru_stime.tv_usec))
      if running[lease]?.killAt == nil { end(lease) }
    }
    // A stopped group may use its time to the last member, whose end comes to us as that of an orphan.
    for (lease, process) in running where process.leaderEnd != nil && process.isGroupGone { end(lease) }
  }

  /// The run is over: what is still in its pipe is taken, the rest cut off.
  private func end(_ lease: Lease) {
    guard var process = running.removeValue(forKey: lease), let end = process.leaderEnd else { return }
    leases[process.pid] = nil
    _ = process.takeOutput(&buffer, limit: 1 << 20)
    process.closePipe()
    process.output.close()
    if let fault = process.output.fault { say("output of run \(lease) is cut: \(fault)") }
    let record = RunRecord(
      ending: end.ending, wasStopped: process.isStopAsked, started: process.started, ended: end.ended,
      memoryPeakKB: end.memoryPeakKB, cpuMicroseconds: end.cpuMicroseconds, outputTotal: process.output.total, note: process.note)
    finish(lease, record, hasWork: process.hasWork)
  }

  /// On disk first, then told.
  private func finish(_ lease: Lease, _ record: RunRecord, hasWork: Bool) {
    do { try record.save(to: folder.exit(lease)) } catch { say("the result of run \(lease) is not on disk: \(error)") }
    ended[lease] = (record, hasWork)
    peer?.send(.ended(lease, record))
  }
}
