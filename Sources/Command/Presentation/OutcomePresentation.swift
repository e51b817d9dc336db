import Model
import Text
import Wire

/// What operations did.
enum OutcomePresentation {
  static func line(_ outcome: OperationOutcome) -> String {
    "job \(outcome.job) \"\(Sanitize.line(outcome.name))\": \(Sanitize.line(outcome.message))"
  }

  static func json(_ outcomes: [OperationOutcome]) -> JSONValue {
    .object([
      "jobs": .array(
        outcomes.map {
          .object([
            "id": .integer(Int64($0.job.value)), "name": .string($0.name), "done": .bool($0.isDone), "message": .string($0.message),
            "changed_tasks": .integer(Int64($0.changedTasks)),
          ])
        })
    ])
  }

  static func line(_ outcome: WireRenderOutcome) -> String {
    "render \"\(Sanitize.line(outcome.name))\": \(Sanitize.line(outcome.message))"
  }

  static func json(_ outcomes: [WireRenderOutcome]) -> JSONValue {
    .object([
      "renders": .array(
        outcomes.map { .object(["name": .string($0.name), "done": .bool($0.done), "message": .string($0.message)]) })
    ])
  }
}
