import Model

extension ConsoleModel {
  /// What the row is, as far as the server can say why it waits.
  private var explainTarget: ExplainTarget? {
    switch place {
    case .jobs, .work: currentJob.map { ExplainTarget(job: $0.id) }
    case .renders, .farmTree, .heat, .users, .events, .system, .render: nil
    case .task: task.map { ExplainTarget(job: $0.key.job, block: $0.key.block, task: $0.key.task) }
    case .job:
      if job?.pane == .blocks {
        job.flatMap { page in page.block.map { ExplainTarget(job: page.id, block: $0) } }
      } else {
        chosenTask.map { ExplainTarget(job: $0.job, block: $0.block, task: $0.task) }
      }
    case .log: log.map { ExplainTarget(job: $0.key.job, block: $0.key.block, task: $0.key.task) }
    }
  }

  mutating func openExplanation() -> [ConsoleEffect] {
    guard let target = explainTarget else {
      say("jobs, blocks and tasks are explained: x on one of them")
      return []
    }
    guard link.isConnected else {
      say("nothing can be explained: no connection to the server", .bad)
      return []
    }
    overlay = .info(InfoOverlay(subject: .explanation(target)))
    lastRequest += 1
    return [.explain(lastRequest, target)]
  }

  mutating func explained(_ target: ExplainTarget, _ result: Result<Explanation, Failure>) {
    guard case .info(var info)? = overlay, info.subject == .explanation(target) else { return }
    switch result {
    case .success(let explanation): info.explanation = explanation
    case .failure(let failure): info.failure = failure.message
    }
    overlay = .info(info)
  }
}
