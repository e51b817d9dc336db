import Model
import Wire

/// Makes a process out of what the server says of a task (reference/afanasy.md section 1.5.1, Appendix B): patterns filled, paths
/// mapped, the service's wrapping, the shell, the environment.
struct TaskPlan: Sendable {
  var shell = Shell.standard
  var paths = PathMap()
  /// -20...19.
  var nice: Int32 = 10
  /// The agent's own.
  let environment: [String: String]
  /// The same as `NAME=value`.
  private let ownEntries: [String]

  /// - Parameter environment: of the agent; what speaks to its service manager is left out.
  init(environment: [String: String]) {
    self.environment = environment.filter { !["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", Keeper.mark].contains($0.key) }
    ownEntries = self.environment.map { "\($0.key)=\($0.value)" }
  }

  func note(_ start: WireRunStart, of block: WireBlockDefinition) -> RunNote {
    var frames = TaskFrames()
    if block.numeric {
      let all = Self.frames(of: block)
      let task = Int(start.task)
      frames = TaskFrames(first: all.range(of: task).first, increment: all.increment, count: all.count(of: task))
    }
    return RunNote(
      key: TaskKey(
        job: JobID(start.job), block: BlockIndex(UInt16(truncatingIfNeeded: start.block)), task: TaskIndex(start.task)),
      start: start.start, service: block.service, parser: block.parser, frames: frames, hasWork: block.workingDirectory.isEmpty)
  }

  /// - Throws: `StartFailure` with a sentence for the task's log.
  func process(
    _ start: WireRunStart, of block: WireBlockDefinition, service: Service, note: RunNote
  ) throws(StartFailure) -> TaskStart {
    let arguments = shell.arguments(try command(start, of: block, service: service))
    let process = TaskStart(
      lease: Lease(start.lease), note: note.encoded(), program: arguments[0], arguments: arguments,
      environment: entries(start, of: block, service: service), directory: paths.mapped(block.workingDirectory), nice: nice)
    let texts = process.arguments + process.environment + [process.directory]
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw StartFailure("its command, environment or working directory contains a NUL character")
    }
    let size = texts.reduce(note.service.utf8.count + note.parser.utf8.count + 1024) { $0 + $1.utf8.count + 8 }
    guard size < KeeperProtocol.messageBytes else {
      throw StartFailure("its command and environment have \(size) bytes, more than a process can be given")
    }
    return process
  }

  private func command(
    _ start: WireRunStart, of block: WireBlockDefinition, service: Service
  ) throws(StartFailure) -> String {
    var command: String
    if block.numeric {
      let (first, last) = Self.frames(of: block).range(of: Int(start.task))
      command = Filling.numeric(block.command, first: first, last: last)
    } else {
      command = Filling.listed(block.command, task: start.taskCommand)
    }
    guard !command.allSatisfy(\.isWhitespace) else { throw StartFailure("its command is empty") }
    // The share of the render's capacity that a variable-capacity task may use: without coefficients always one.
    command = command.replacing("@AF_CAPACITY@", with: "1")
    command = paths.mapped(command)
    return service.command.isEmpty ? command : service.command.replacing("@COMMAND@", with: command)
  }

  private func entries(_ start: WireRunStart, of block: WireBlockDefinition, service: Service) -> [String] {
    let added = ["AF_JOB_ID": "\(start.job)", "AF_BLOCK_ID": "\(start.block)", "AF_TASK_ID": "\(start.task)"]
    if block.environment.isEmpty, start.taskEnvironment.isEmpty, service.environment.isEmpty, environment["AF_JOB_ID"] == nil {
      return ownEntries + added.map { "\($0.key)=\($0.value)" }
    }
    var all = environment
    for more in [block.environment, start.taskEnvironment, service.environment, added] {
      all.merge(more) { _, new in new }
    }
    return all.map { "\($0.key)=\($0.value)" }
  }

  private static func frames(of block: WireBlockDefinition) -> Frames {
    Frames(first: block.frameFirst, last: block.frameLast, perTask: block.framesPerTask, increment: block.framesInc)
  }
}
