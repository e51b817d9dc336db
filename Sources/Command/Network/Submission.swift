import Model
import Text
import Wire

/// What `submit` and `run` have in common: a document goes out, a number comes back, and perhaps the job is waited for.
enum Submission {
  static func perform(_ document: [UInt8], paused: Bool, wait: Bool, _ call: Call) async throws -> Int32 {
    let submitted = try await Farm.with(call) { farm in try await farm.submit(document, paused: paused) }
    for warning in submitted.warnings { call.say("warning: \(warning)") }
    if !call.wantsJSON { call.out.write("\(submitted.job)\n") }
    var answer: JSONObject = [
      "id": .integer(Int64(submitted.job)), "name": .string(submitted.name), "warnings": .array(submitted.warnings.map(JSONValue.string)),
    ]
    guard wait else {
      if call.wantsJSON { call.show(.object(answer)) }
      return 0
    }
    let board = try await Waiting(call).run([JobID(submitted.job)], names: [JobID(submitted.job): submitted.name], timeout: nil)
    if call.wantsJSON {
      for row in board.jobs { for (key, value) in JobPresentation.json(row).members { answer[key] = value } }
      call.show(.object(answer))
    }
    try board.conclude()
    return 0
  }
}
