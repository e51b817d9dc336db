import Foundation
import Logging
import Model
import NIOCore
import Scheduler
import Wire

/// What renders say, to mails.
extension SessionHandler {
  func fromRender(_ frame: WireClientFrame, _ session: Session) {
    switch frame.content {
    case .register(let register): self.register(register, session)
    case .update(let update): self.update(update, session)
    case .output(let output): self.output(output, session)
    default: break
    }
  }

  private func register(_ wire: WireRenderRegister, _ session: Session) {
    guard Self.isName(wire.name), Self.isName(wire.agent), Self.isName(wire.user) else {
      return refuse(Failure(.usage, "a render needs a name, an agent's number and a user, each one line of text"))
    }
    guard wire.services.count <= 1000, wire.interfaces.count <= 256, wire.runs.count <= 10 * Limits.tasksPerRender else {
      return refuse(Failure(.usage, "the registration of render \"\(wire.name)\" is too long"))
    }
    guard wire.capacity >= 0, wire.capacity <= Limits.capacity, wire.maxTasks >= 0, wire.maxTasks <= Limits.tasksPerRender else {
      return refuse(
        Failure(
          .usage, "render \"\(wire.name)\": capacity must be 0 to \(Limits.capacity), tasks at once 0 to \(Limits.tasksPerRender)"))
    }
    let reports = wire.runs.map(RunReport.init)
    reported = Dictionary(reports.map { ($0.lease, $0.key) }, uniquingKeysWith: { $1 })
    // 0 of capacity and tasks at once: as its pool says.
    mails.append(
      .register(
        session,
        RenderRegistration(
          name: wire.name, agent: wire.agent, user: wire.user, version: wire.version.beginning(64),
          os: wire.os.beginning(128),
          address: remote?.ipAddress ?? "", capacity: wire.capacity == 0 ? -1 : wire.capacity,
          maxTasks: wire.maxTasks == 0 ? -1 : wire.maxTasks, services: wire.services,
          interfaces: wire.interfaces.map(NetworkInterface.init), resources: HostResources(wire.resources),
          nimby: RenderState(rawValue: wire.nimby).intersection([.nimby, .NIMBY]), runs: reports)))
  }

  private func update(_ wire: WireRenderUpdate, _ session: Session) {
    var news = RenderNews()
    for run in wire.runs {
      let lease = Lease(run.lease)
      switch run.content {
      case .started: news.runs.append(.started(lease))
      case .progress(let progress): news.runs.append(.progressed(lease, RunProgress(progress)))
      case .finished(let finished): finish(lease, finished, &news, session)
      case nil: break
      }
    }
    if wire.hasResources { news.resources = HostResources(wire.resources) }
    if wire.leaving { news.leaving = RenderNews.Leaving(isEjected: wire.ejected) }
    mails.append(.news(session, news))
  }

  /// The farm hears of the end when the output is in its file, so that whoever sees a task done can read it.
  private func finish(_ lease: Lease, _ wire: WireRunFinished, _ news: inout RenderNews, _ session: Session) {
    let key = TaskKey(wire.key)
    let result =
      RunResult(wire)
      ?? RunResult(outcome: .lost, reason: "the render reports an outcome that this server does not know (\(wire.outcome))")
    guard openOutputs.remove(lease) != nil else {
      news.runs.append(.finished(lease, key, result))
      return
    }
    // What was said before the end must reach the farm before it.
    mails.append(.news(session, news))
    news = RenderNews()
    postMails()
    let mailbox = hall.mailbox
    hall.outputs.finish(lease, of: session.id) { end in
      var result = result
      if result.outcome != .success { result.output = end }
      mailbox.post(.news(session, RenderNews(runs: [.finished(lease, key, result)])))
    }
  }

  private func output(_ wire: WireRunOutput, _ session: Session) {
    let lease = Lease(wire.lease)
    guard wire.data.count <= 4 * Limits.outputPortion else {
      return refuse(Failure(.usage, "a portion of output of \(wire.data.count) bytes"))
    }
    let bytes = [UInt8](wire.data)
    if wire.live { return mails.append(.liveOutput(session, lease, offset: wire.offset, bytes)) }
    // Only what this render runs: anything else is late, or not its own.
    guard let key = runs[lease], key == TaskKey(wire.key), wire.start > 0 else {
      return log.debug("output of a run that is not known: \(lease)")
    }
    openOutputs.insert(lease)
    outputBytes += bytes.count
    if outputBytes > hall.limits.outputBacklog { hold(.output) }
    hall.outputs.append(
      lease, of: session.id, OutputFile(key: key, start: wire.start, host: max(0, wire.hostNumber)), offset: wire.offset, bytes
    ) {
      session.loop.execute {
        session.with { handler in
          handler.outputBytes -= bytes.count
          if handler.outputBytes <= handler.hall.limits.outputBacklog / 2 { handler.release(.output) }
        }
      }
    }
  }
}
