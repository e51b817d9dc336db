import Model
import Text
import Wire

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
  var branch: String?
  var hostsMask: String?
  /// Regular expressions on whole names of jobs that must be done first: of the same user, of anybody.
  var dependMask = ""
  var dependMaskGlobal = ""
  var poolWeights: [(key: String, value: Int64)] = []
  /// Further parameters of the job and of its block, stronger than the rest.
  var jobParameters: [(key: String, value: JSONValue)] = []
  var blockParameters: [(key: String, value: JSONValue)] = []
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
    var job = JSONObject([
      ("name", .string(jobName)), ("user_name", .string(user)), ("host_name", .string(host)),
    ])
    if let priority { job["priority"] = .integer(Int64(priority)) }
    if isPaused { job["offline"] = .bool(true) }
    if let branch { job["branch"] = .string(branch) }
    if let hostsMask { job["hosts_mask"] = .string(hostsMask) }
    if !dependMask.isEmpty { job["depend_mask"] = .string(dependMask) }
    if !dependMaskGlobal.isEmpty { job["depend_mask_global"] = .string(dependMaskGlobal) }
    if !poolWeights.isEmpty {
      job["pools"] = .object(JSONObject(poolWeights.map { (key: $0.key, value: .integer($0.value)) }))
    }
    for (key, value) in jobParameters { job.put(key, value) }
    var object = JSONObject(block)
    for (key, value) in blockParameters { object.put(key, value) }
    job["blocks"] = .array([.object(object)])
    return .object(["job": .object(job)])
  }

  /// `KEY=VALUE` for the job, or `block.KEY=VALUE` for its block; a key that only blocks have needs no `block.`.
  mutating func set(_ text: String) throws(Failure) {
    var change: EditRequest.Change
    do { change = try ChangeSyntax.parse(text) } catch { throw Failure(.usage, "--set: \(error.message)") }
    guard change.manner == .set else { throw Failure(.usage, "--set \"\(text)\": expected KEY=VALUE") }
    if change.key.hasPrefix("block.") {
      change.key.removeFirst("block.".count)
      blockParameters.append((change.key, change.value))
      return
    }
    let key = String(change.key.prefix { $0 != "." })
    guard !["blocks", "tasks"].contains(key) else { throw Failure(.usage, "--set \"\(text)\": a whole job is for 'reeve submit'") }
    if Parameters.job[key] == nil, Parameters.block[key] != nil {
      blockParameters.append((change.key, change.value))
    } else {
      jobParameters.append((change.key, change.value))
    }
  }

  /// `PATH=WEIGHT`.
  static func poolWeight(_ text: String) throws(Failure) -> (key: String, value: Int64) {
    guard let equals = text.lastIndex(of: "="), text.hasPrefix("/"), let weight = Int64(text[text.index(after: equals)...]),
      (-100...100).contains(weight)
    else { throw Failure(.usage, "--pool-weight \"\(text)\": expected PATH=WEIGHT, as /farm/fast=20, -100 to 100") }
    return (String(text[..<equals]), weight)
  }

  /// A name as a regular expression that matches nothing else.
  static func literal(_ name: String) -> String {
    var text = ""
    for character in name {
      if "\\^$.|?*+()[]{}/-".contains(character) { text.append("\\") }
      text.append(character)
    }
    return text
  }

  /// `KEY=VALUE`.
  static func variable(_ text: String) throws(Failure) -> (key: String, value: String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw Failure(.usage, "--env \"\(text)\": expected NAME=VALUE")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}

extension JSONObject {
  /// Sets a key; `map.member` sets a member of an object.
  fileprivate mutating func put(_ key: String, _ value: JSONValue) {
    guard let dot = key.firstIndex(of: ".") else {
      self[key] = value
      return
    }
    let outer = String(key[..<dot])
    var object = self[outer]?.object ?? JSONObject()
    object[String(key[key.index(after: dot)...])] = value
    self[outer] = .object(object)
  }
}
