import ArgumentParser
import Files
import Glibc
import Model
import Wire

struct RunCommand: FarmCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Makes a job of one block from a command line, and prints its number.",
    usage: "reeve run [OPTIONS] -- COMMAND …",
    discussion: """
      One word behind -- is a line for the shell:
        reeve run -- 'make all && make check'
      Several are a program and its arguments, handed on exactly:
        reeve run -- blender -b 'my scene.blend' -a
      With --frames, @#@ becomes the first frame of each task, then its last, and so on in turn; @####@ pads with zeros:
        reeve run --frames 1-100/10 -- render -s @#@ -e @#@ scene
      The command runs in the directory where reeve was called.
      """)

  @Option(help: "The job's name (default: the program's).")
  var name: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("One task for each frame from A to B, or for each CHUNK frames, by STEP.", valueName: "a-b[/chunk][xstep]"))
  var frames: String?

  @Option(help: "The service that runs it.")
  var service = "generic"

  @Option(help: "The job's priority, 0 to 255.")
  var priority: UInt8?

  @Option(help: "What a task takes of a render's capacity (default 1000).")
  var capacity: Int32?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Waits for the jobs whose whole name this regular expression matches, your own ones; a number means that job, whoever's it is. May be repeated.",
      valueName: "mask|id"))
  var depend: [String] = []

  @Option(help: ArgumentHelp("Runs only on renders whose names this mask matches.", valueName: "mask"))
  var hostsMask: String?

  @Option(help: ArgumentHelp("The branch of the job.", valueName: "path"))
  var branch: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Which pools it likes: with a greater weight better, with a negative one not at all. May be repeated.", valueName: "path=n"))
  var poolWeight: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Any parameter of the job, or of its block, also as block.KEY=VALUE; see reeve-job(5). May be repeated.",
      valueName: "key=value"))
  var parameters: [String] = []

  @Option(help: "Tries after the first failure of a task, 0 to 127 (default: the user's).")
  var retries: Int8?

  @Option(
    help: ArgumentHelp("The directory in which the command runs (default: this one).", valueName: "dir"), completion: .directory)
  var directory: String?

  @Option(
    name: .customLong("env"), parsing: .singleValue,
    help: ArgumentHelp("A variable in the command's environment; may be repeated.", valueName: "name=value"))
  var environment: [String] = []

  @Flag(help: "Submits it paused.")
  var paused = false

  @Flag(help: "Waits until the job is done or has failed, as 'reeve wait' does.")
  var wait = false

  @OptionGroup var global: GlobalOptions

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The command.", valueName: "command"))
  var command: [String] = []

  func options(_ leading: LeadingOptions) -> LeadingOptions { global.merged(leading) }

  func validate() throws {
    if command.isEmpty { throw ValidationError("no command is given (put it behind --, as: reeve run -- make)") }
    if command.count == 1, !command[0].contains(where: { !$0.isWhitespace }) { throw ValidationError("the command is empty") }
  }

  func request(user: String, host: String, directory: String) throws(Failure) -> RunRequest {
    if let capacity, capacity < 1 { throw Failure(.usage, "--capacity: expected 1 or more, found \(capacity)") }
    if let retries, retries < 0 { throw Failure(.usage, "--retries: expected 0 to 127, found \(retries)") }
    var variables: [(key: String, value: String)] = []
    for text in environment { variables.append(try RunRequest.variable(text)) }
    var range: Frames?
    if let frames { range = try FrameSyntax.parse(frames) }
    var request = RunRequest(
      name: name, frames: range, service: service, priority: priority, capacity: capacity, retries: retries,
      directory: self.directory ?? directory, environment: variables, isPaused: paused, branch: branch, hostsMask: hostsMask,
      words: command, user: user, host: host)
    for text in poolWeight { request.poolWeights.append(try RunRequest.poolWeight(text)) }
    for text in parameters { try request.set(text) }
    return request
  }

  var changesTheFarm: Bool { true }
  var inside: String? { wait ? "--wait would keep you waiting: the list of jobs shows how it goes on" : nil }

  func perform(_ call: Call) async throws -> Int32 {
    var request = try request(user: call.user, host: call.host, directory: Self.currentDirectory())
    if !depend.isEmpty {
      (request.dependMask, request.dependMaskGlobal) = try await dependencies(call)
    }
    return try await Submission.perform(Array(request.document.text().utf8), paused: paused, wait: wait, call)
  }

  /// Masks on the names of the user's own jobs, and of everybody's.
  private func dependencies(_ call: Call) async throws -> (own: String, all: String) {
    var own: [String] = []
    var all: [String] = []
    var numbers: [JobSelection] = []
    for text in depend {
      if case .ids = try JobTarget.selection(text) {
        numbers.append(try JobTarget.selection(text))
      } else {
        _ = try JobTarget.selection(mask: text)
        own.append(text)
      }
    }
    if !numbers.isEmpty {
      let jobs = try await Farm.with(call) { farm in try await farm.jobs(numbers) }
      for job in jobs {
        if job.user == call.user { own.append(RunRequest.literal(job.name)) } else { all.append(RunRequest.literal(job.name)) }
      }
    }
    return (Self.either(own), Self.either(all))
  }

  private static func either(_ masks: [String]) -> String {
    masks.count < 2 ? masks.first ?? "" : masks.map { "(?:\($0))" }.joined(separator: "|")
  }

  private static func currentDirectory() throws -> String {
    guard let path = getcwd(nil, 0) else {
      throw Failure(.failed, "the current directory is unknown: \(String(cString: strerror(errno))) (give --directory)")
    }
    defer { free(path) }
    return String(cString: path)
  }
}
