import Model
import SwiftProtobuf
import Wire

@testable import Render

extension FuzzTarget {
  /// What a server says, to whoever asked it: rows to values, and what an agent is told together with its keeper's reports.
  static let serverFrames = FuzzTarget("server-frames") { bytes in
    var input = FuzzInput(bytes)
    var table = RunTable(catalog: ServiceCatalog(), plan: TaskPlan(environment: ["PATH": "/bin"]))
    table.registered(keep: [])
    while !input.isAtEnd {
      if input.byte() % 3 == 2 {
        if let report = try? KeeperReport.decode(input.part()[...]) { table.take(report) }
      } else if let frame = try? WireServerFrame(serializedBytes: input.part()) {
        switch frame.content {
        case .events(let events): table.take(events)
        case .accepted(let accepted): table.registered(keep: Set(accepted.keep.map { Lease($0) }))
        case .response(let response): read(response.content)
        case .view(let view): read(view)
        default: break
        }
      }
      for action in table.takeActions() { follow(action, &table) }
      table.tellProgress()
    }
    _ = table.reports
  }

  private static func follow(_ action: RunTable.Action, _ table: inout RunTable) {
    switch action {
    case .keeper(let request):
      demand((try? KeeperRequest.decode(request.encoded()[4...])) == request, "a request is read as it was written")
      if case .start(let start) = request { table.take(.started(start.lease, pid: 4242)) }
    case .look(let lease, _): table.looked(lease, .complete(1))
    default: break
    }
  }

  private static func read(_ content: WireResponse.OneOf_Content?) {
    switch content {
    case .jobs(let list): for row in list.rows { use(JobSummary(row).counts) }
    case .job(let job):
      use(JobSummary(job.row).counts)
      for block in job.blocks { use(BlockSummary(block).counts) }
      _ = try? JSONParser.parse(Array(job.document))
    case .tasks(let list): for row in list.rows { _ = TaskSummary(row) }
    case .renders(let list): for row in list.rows { _ = RenderSummary(row) }
    case .users(let list): for row in list.rows { _ = UserSummary(row) }
    case .operated(let operated): for row in operated.outcomes { _ = OperationOutcome(row) }
    case .explained(let explained): _ = Explanation(explained)
    case .forecast(let forecast): _ = Forecast(forecast)
    case .journal(let journal): for row in journal.rows { _ = JournalEntry(row) }
    case .systemJob(let job):
      for row in job.blocks { _ = SystemBlockSummary(row) }
      for row in job.tasks { _ = SystemTaskSummary(row) }
    case .errorHosts(let list): for row in list.rows { _ = ErrorHost(row) }
    case .failure(let failure): _ = Failure(failure)
    default: break
    }
  }

  private static func read(_ view: WireViewUpdate) {
    for row in view.jobs { use(JobSummary(row).counts) }
    for row in view.blocks { use(BlockSummary(row).counts) }
    for row in view.tasks { _ = TaskSummary(row) }
    for row in view.renders { _ = RenderSummary(row) }
  }

  /// Rows are shown with their per cent.
  private static func use(_ counts: TaskCounts) { _ = (counts.finished, counts.percent, counts.isAllFinished) }
}
