import Glibc
import Logging
import Model
import NIOCore

// The agent and its keeper.
extension Agent {
  private func openKeeper() async throws {
    isListed = false
    let listed = loop.makePromise(of: Void.self)
    keeperWaiter = listed
    do {
      keeper = try await KeeperLink.open(
        options.folder, program: options.program, loop: loop, pool: pool,
        onReport: { report in self.assumeIsolated { $0.receive(report) } },
        onPause: { self.assumeIsolated { $0.act() } },
        onClose: { self.assumeIsolated { $0.keeperClosed() } })
    } catch {
      keeperWaiter = nil
      listed.succeed(())
      throw error
    }
    // Asked for only now that there is somebody to answer: what is found is read on at once.
    keeper?.write(.list)
    keeper?.flush()
    do { try await listed.futureResult.get() } catch {
      keeper = nil
      throw error
    }
  }

  /// The one that is there may be about to leave, having nothing to keep: then there will be another.
  func findKeeper() async throws {
    for _ in 0..<10 {
      do { return try await openKeeper() } catch is KeeperWentAway { await pause(milliseconds: 100) }
    }
    throw Failure(.failed, "the keeper leaves as soon as it is there (its words are in \(options.folder.keeperLog))")
  }

  private struct KeeperWentAway: Error {}

  private func receive(_ report: KeeperReport) {
    table.take(report)
    if case .listed = report {
      isListed = true
      table.keeperFound()
      keeperWaiter?.succeed(())
      keeperWaiter = nil
    }
  }

  /// It never leaves while an agent is connected: it was killed, and with it all tasks.
  private func keeperClosed() {
    keeper = nil
    isListed = false
    let waiter = keeperWaiter
    keeperWaiter = nil
    if let waiter { return waiter.fail(KeeperWentAway()) }
    guard !isLeaving else { return }
    log.error("the keeper is gone: its tasks are lost; starting another one")
    table.keeperLost()
    act()
    Task { await self.reopenKeeper() }
  }

  private func reopenKeeper() async {
    while !isLeaving, keeper == nil {
      do { try await findKeeper() } catch {
        log.error("\(error)")
        // The farm need not wait for what may be left of the lost tasks' output.
        table.giveUpMissing()
        act()
        await pause(milliseconds: 5000)
      }
    }
  }
}
