import Console
import Model
import Wire

extension RenderPageNews {
  init(_ wire: WireRenderPage) {
    self.init()
    if wire.hasRender { render = RenderSummary(wire.render) }
    samples = wire.samples.map(ResourceSample.init)
    running = wire.running.map { row in
      RunningRow(task: TaskSummary(row.task), job: row.jobName, block: row.blockName, user: row.user)
    }
    lines = wire.lines.map(NodeLine.init)
  }
}

extension TaskPageNews {
  init(_ wire: WireTaskPage) {
    self.init()
    if wire.hasTask {
      task = TaskSummary(wire.task)
      job = wire.jobName
      block = wire.blockName
      user = wire.user
    }
    let key = TaskKey(wire.task.key)
    runs = wire.runs.map { (RunEnd($0, of: key), $0.render) }
    if wire.errorHostsChanged { errorHosts = wire.errorHosts.map(ErrorHost.init) }
    lines = wire.lines.map(NodeLine.init)
  }
}
