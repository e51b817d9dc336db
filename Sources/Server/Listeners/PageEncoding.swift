import Model
import Wire

// The pages of one render and of one task as the wire's messages.

extension WireRenderPage {
  init(_ page: RenderPageRows) {
    self.init()
    if let row = page.render { render = WireRenderRow(row) }
    samples = page.samples.map(WireResourceSample.init)
    running = page.running.map { row in
      var wire = WireRunningRow()
      wire.task = WireTaskRow(row.task)
      wire.jobName = row.job
      wire.blockName = row.block
      wire.user = row.user
      return wire
    }
    lines = page.lines.map(WireNodeLine.init)
  }
}

extension WireTaskPage {
  init(_ page: TaskPageRows) {
    self.init()
    if let row = page.task {
      task = WireTaskRow(row)
      jobName = page.job
      blockName = page.block
      user = page.user
    }
    runs = page.runs.map { WireRunRow($0.end, on: $0.render) }
    if let hosts = page.errorHosts {
      errorHosts = hosts.map(WireErrorHostRow.init)
      errorHostsChanged = true
    }
    lines = page.lines.map(WireNodeLine.init)
  }
}
