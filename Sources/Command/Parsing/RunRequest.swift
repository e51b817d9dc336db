import Model
import Text

/// A one-block job from a command line, as a document in Afanasy's format.
struct RunRequest {
  var name: String?
  /// nil: one task, whose command is taken as it stands.
  var frames: Frames?
  var service = "generic"
  var priority: UInt8?
  var capacity: Int32?
  var retries: Int8?
  var directory: String
  var environment: [(key: String, value: String)] = []
  var isPaused = false
  /// One word: a line for the shell. Several: a program and its arguments.
  var words: [String]
  var user: String
  var host: String

  var command: String { words.count == 1 ? words[0] : ShellWord.line(words) }

  /// The program's name when none is given: `render.sh` for `/shows/x/render.sh -f 1`.
  var jobName: String {
    if let name, !name.isEmpty { return name }
    let line = Sanitize.line(words[0]).drop { $0 == " " }
    let first = words.count == 1 ? line.prefix { $0 != " " } : line[...]
    let base = first.split(separator: "/").last.map(String.init) ?? String(first)
    return base.isEmpty ? "command" : Width.cut(base, to: 60)
  }

  var document: JSONValue {
    var block: [(key: String, value: JSONValue)] = [("name", .string("command")), ("service", .string(service))]
    if let capacity { block.append(("capacity", .integer(Int64(capacity)))) }
    if let retries { block.append(("errors_retries", .integer(Int64(retries)))) }
    block.append(("working_directory", .string(directory)))
    if !environment.isEmpty {
      var object = JSONObject()
      for (key, value) in environment { object[key] = .string(value) }
      block.append(("environment", .object(object)))
    }
    if let frames {
      block += [
        ("flags", .integer(Int64(BlockFlags.numeric.rawValue))), ("frame_first", .integer(frames.first)),
        ("frame_last", .integer(frames.last)), ("frames_per_task", .integer(frames.perTask)),
        ("frames_inc", .integer(frames.increment)), ("command", .string(command)),
      ]
    } else {
      // In the task, not in the block: so nothing in it is taken for a mark.
      block.append(
        ("tasks", .array([.object(["name": .string(jobName), "command": .string(command)])])))
    }
    var job: [(key: String, value: JSONValue)] = [
      ("name", .string(jobName)), ("user_name", .string(user)), ("host_name", .string(host)),
    ]
    if let priority { job.append(("priority", .integer(Int64(priority)))) }
    if isPaused { job.append(("offline", .bool(true))) }
    job.append(("blocks", .array([.object(JSONObject(block))])))
    return .object(["job": .object(JSONObject(job))])
  }

  /// `KEY=VALUE`.
  static func variable(_ text: String) throws(Failure) -> (key: String, value: String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw Failure(.usage, "--env \"\(text)\": expected NAME=VALUE")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
