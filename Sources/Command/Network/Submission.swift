import Model
import Text
import Wire

/// What `submit` and `run` have in common: a document goes out, a number comes back, and perhaps the job is waited for.
enum Submission {
  static func perform(_ document: [UInt8], paused: Bool, wait: Bool, _ call: Call) async throws -> Int32 {
    let farm = try await Farm.connect(call)
    let submitted: WireSubmitted
    do {
      submitted = try await farm.submit(document, paused: paused)
    } catch {
      await farm.connection.close()
      throw error
    }
    for warning in submitted.warnings { call.say("warning: \(warning)") }
    if !call.wantsJSON { call.out.write("\(submitted.job)\n") }
    var answer: JSONObject = [
      "id": .integer(Int64(submitted.job)), "name": .string(submitted.name),
      "warnings": .array(submitted.warnings.map(JSONValue.string)),
    ]
    guard wait else {
      await farm.connection.close()
      if call.wantsJSON { call.show(.object(answer)) }
      return 0
    }
    let job = JobID(submitted.job)
    let board = try await Waiting(call).run([job], names: [job: submitted.name], on: farm)
    if call.wantsJSON {
      for row in board.jobs { for (key, value) in JobPresentation.json(row).members { answer[key] = value } }
      call.show(.object(answer))
    } else {
      // Standard output has the number alone.
      call.error.write(board.summary.joined(separator: "\n") + "\n")
    }
    try board.conclude()
    return 0
  }
}
