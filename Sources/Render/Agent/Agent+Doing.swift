import Files
import Logging
import Model
import NIOCore
import NIOPosix
import Wire

// What the agent does for its table.
extension Agent {
  /// Does what the table wants done, and tells what was measured.
  func act() {
    let actions = table.takeActions()
    if !actions.isEmpty || hasNewResources { perform(actions) }
    if let ejected, !table.hasRunning {
      self.ejected = nil
      ejected.succeed(())
    }
    if table.hasNewProgress { tellProgressSoon() }
    watchIdleness()
  }

  private func perform(_ actions: [RunTable.Action]) {
    var updates: [WireRunUpdate] = []
    func flushUpdates() {
      guard !updates.isEmpty || hasNewResources else { return }
      var update = WireRenderUpdate()
      update.runs = updates
      updates.removeAll()
      if hasNewResources, let resources { update.resources = WireResources(resources) }
      hasNewResources = false
      if isAccepted { send(.update(update)) }
    }
    for action in actions {
      switch action {
      case .keeper(let request): if isListed { keeper?.write(request) }
      case .input(let lease, let bytes): if isListed { write(bytes, for: lease) }
      case .update(let update): updates.append(update)
      case .output(let output):
        flushUpdates()
        send(.output(output))
      case .look(let lease, let files): look(lease, files)
      case .emptyTrash: emptyTrashSoon()
      }
    }
    flushUpdates()
    keeper?.flush()
    waitToWrite()
  }

  /// For its owner alone. Where that fails the keeper finds nothing, and says so as the task's failure.
  private func write(_ input: [UInt8], for lease: Lease) {
    do {
      try AtomicFile.write(input, to: options.folder.input(lease), mode: 0o600, isDurable: false)
    } catch {
      log.error("\(error)")
    }
  }

  /// On threads of its own: a file system that hangs must not keep the machine from being measured, nor the agent from leaving.
  private func look(_ lease: Lease, _ files: ResultFiles) {
    let ownFolder = options.folder.work(lease)
    Task {
      // The pool is the process's own and is never shut down.
      guard let verdict = try? await NIOThreadPool.singleton.runIfActive({ files.look(ownFolder: ownFolder) }) else { return }
      self.table.looked(lease, verdict)
      self.act()
    }
  }

  /// Output is sent no faster than the server reads.
  private func waitToWrite() {
    guard let server, !server.isWritable, !isWaitingToWrite else { return }
    isWaitingToWrite = true
    table.setCongested(true)
    Task {
      var frame = WireClientFrame()
      frame.content = .alive(WireAlive())
      try? await server.sendAndWait(frame)
      self.isWaitingToWrite = false
      self.table.setCongested(false)
      self.act()
    }
  }

  private func tellProgressSoon() {
    guard !isTellingProgress else { return }
    isTellingProgress = true
    loop.scheduleTask(in: .milliseconds(500)) {
      self.assumeIsolated { agent in
        agent.isTellingProgress = false
        agent.table.tellProgress()
        agent.act()
      }
    }
  }

  /// Soon, not at once: a farm of short tasks forgets a thousand folders a second, and hardly one holds anything.
  func emptyTrashSoon() {
    guard !isEmptyingTrash else { return }
    isEmptyingTrash = true
    loop.scheduleTask(in: .seconds(2)) { self.assumeIsolated { $0.emptyTrash() } }
  }

  private func emptyTrash() {
    let folder = options.folder
    Task {
      try? await pool.runIfActive { Trash.empty(folder.trash) }
      self.isEmptyingTrash = false
    }
  }
}
