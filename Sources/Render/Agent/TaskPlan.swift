import Model
import Wire

/// Makes a process out of what the server says of a task (reference/afanasy.md section 1.5.1, Appendix B): patterns filled, paths
/// mapped, the service's wrapping, the shell, the environment.
struct TaskPlan: Sendable {
  var shell = Shell.standard
  var paths = PathMap()
  /// -20...19.
  var nice: Int32 = 10
  /// Path of this program, and the words that give another of it the same settings: for tasks of the system job.
  var program = OwnProgram.path
  var programOptions: [String] = []
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
    var frames = TaskFrames(passes: Int64(block.parserCoeff))
    if block.numeric, let all = Self.frames(of: block) {
      // What is no task of the block is not run.
      let task = min(Int(start.task), Int(all.taskCount))
      frames = TaskFrames(
        first: all.range(of: task).first, increment: all.increment, count: all.count(of: task), passes: Int64(block.parserCoeff))
    }
    let isSlave = start.hostNumber > 0
    var note = RunNote(
      key: TaskKey(
        job: JobID(start.job), block: BlockIndex(UInt16(truncatingIfNeeded: start.block)), task: TaskIndex(start.task)),
      start: start.start, host: max(0, start.hostNumber), service: isSlave ? block.multihostService : block.service,
      parser: isSlave ? "" : block.parser, frames: frames, hasWork: Self.directory(start, of: block).isEmpty)
    if block.blockFlags.contains(.checkRenderedFiles) { note.files = files(start, of: block, frames) }
    return note
  }

  // MARK: - Files

  /// What must be there already for the task not to be run; nil: it is run in any case.
  func filesToSkipFor(_ start: WireRunStart, of block: WireBlockDefinition, _ note: RunNote) -> ResultFiles? {
    block.blockFlags.contains(.skipExistingFiles) ? files(start, of: block, note.frames) : nil
  }

  private func files(_ start: WireRunStart, of block: WireBlockDefinition, _ frames: TaskFrames) -> ResultFiles? {
    // A slave serves; what comes out of it is the master's.
    guard start.hostNumber <= 0 else { return nil }
    let patterns = block.numeric ? block.files : Filling.files(block.files, task: start.taskFiles)
    let mapped = patterns.filter { !$0.isEmpty }.map(paths.mapped)
    guard !mapped.isEmpty else { return nil }
    return ResultFiles(
      patterns: mapped, frames: block.numeric ? frames : nil, directory: paths.mapped(block.workingDirectory),
      sizeMin: block.fileSizeMin, sizeMax: block.fileSizeMax)
  }

  // MARK: - The process

  /// - Throws: `StartFailure` with a sentence for the task's log.
  func process(
    _ start: WireRunStart, of block: WireBlockDefinition, service: Service, note: RunNote
  ) throws(StartFailure) -> TaskStart {
    let arguments =
      start.hasSystem
      ? try systemArguments(start.system, of: block, service: service)
      : shell.arguments(try command(start, of: block, service: service))
    let process = TaskStart(
      lease: Lease(start.lease), note: note.encoded(), program: arguments[0], arguments: arguments,
      environment: entries(start, of: block, service: service), directory: paths.mapped(Self.directory(start, of: block)),
      nice: nice, hasInput: input(start) != nil)
    let texts = process.arguments + process.environment + [process.directory]
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw StartFailure("its command, environment or working directory contains a NUL character")
    }
    let size = texts.reduce(process.note.count + 1024) { $0 + $1.utf8.count + 8 }
    guard size < KeeperProtocol.messageBytes else {
      throw StartFailure("its command, environment and list of files have \(size) bytes, more than a process can be given")
    }
    return process
  }

  private func command(
    _ start: WireRunStart, of block: WireBlockDefinition, service: Service
  ) throws(StartFailure) -> String {
    let isSlave = start.hostNumber > 0
    if isSlave, service.command.isEmpty {
      throw StartFailure(
        "this render has no service \"\(block.multihostService)\" with a command for the slaves of a multi-host task "
          + "(the key \"command\" of services/\(block.multihostService).yaml)")
    }
    if !isSlave, service.hasOwnCommand {
      throw StartFailure(
        "its service \"\(service.name)\" runs a command of its own, without @COMMAND@: it is one for multihost_service")
    }
    var command = ""
    if !service.hasOwnCommand {
      if block.numeric {
        guard let frames = Self.frames(of: block), Int64(start.task) < frames.taskCount else {
          throw StartFailure("its block has no task \(start.task), by the frames that the server says it has")
        }
        let (first, last) = frames.range(of: Int(start.task))
        command = Filling.numeric(block.command, first: first, last: last)
      } else {
        command = Filling.listed(block.command, task: start.taskCommand)
      }
      guard !command.allSatisfy(\.isWhitespace) else { throw StartFailure("its command is empty") }
      command = paths.mapped(Self.withPlaces(command, start))
    }
    return service.command.isEmpty ? command : Self.withPlaces(service.command, start).replacing("@COMMAND@", with: command)
  }

  /// Fills the marks of sections 3.9 and 3.15. A task without slaves has no hosts to name.
  private static func withPlaces(_ command: String, _ start: WireRunStart) -> String {
    guard command.contains("@AF_") else { return command }
    let hosts = start.hosts.isEmpty ? "" : "-H " + Shell.quoted(start.hosts.joined(separator: ","))
    return command.replacing("@AF_CAPACITY@", with: "\(max(1, start.capacityCoefficient))").replacing("@AF_HOSTS@", with: hosts)
  }

  private func entries(_ start: WireRunStart, of block: WireBlockDefinition, service: Service) -> [String] {
    var added = [
      "AF_JOB_ID": "\(start.job)", "AF_BLOCK_ID": "\(start.block)", "AF_TASK_ID": "\(start.task)",
      "AF_CAPACITY": "\(max(1, start.capacityCoefficient))",
    ]
    if !start.hosts.isEmpty { added["AF_HOSTS"] = start.hosts.joined(separator: ",") }
    if start.hostNumber > 0 || !start.hosts.isEmpty { added["AF_HOST_NUMBER"] = "\(start.hostNumber)" }
    if !block.customData.isEmpty { added["AF_BLOCK_CUSTOM_DATA"] = block.customData }
    if !block.jobCustomData.isEmpty { added["AF_JOB_CUSTOM_DATA"] = block.jobCustomData }
    let hasOwn = added.keys.contains { environment[$0] != nil }
    if block.environment.isEmpty, start.taskEnvironment.isEmpty, service.environment.isEmpty, !hasOwn {
      return ownEntries + added.map { "\($0.key)=\($0.value)" }
    }
    var all = environment
    for more in [block.environment, start.taskEnvironment, service.environment, added] {
      all.merge(more) { _, new in new }
    }
    return all.map { "\($0.key)=\($0.value)" }
  }

  /// nil: no server has such a block.
  private static func frames(of block: WireBlockDefinition) -> Frames? {
    let frames = Frames(first: block.frameFirst, last: block.frameLast, perTask: block.framesPerTask, increment: block.framesInc)
    return frames.isPossible ? frames : nil
  }
}

extension WireBlockDefinition {
  fileprivate var blockFlags: BlockFlags { BlockFlags(rawValue: UInt16(truncatingIfNeeded: flags)) }
}

extension Filling {
  /// The result files of a task of a listed block: each of the block's patterns with each of the task's own strings, at its marks or
  /// behind it; a block without patterns has the task's. No more than fit into `limit` bytes and a little.
  static func files(_ patterns: [String], task: [String]) -> [String] {
    let own = task.filter { !$0.isEmpty }
    if patterns.isEmpty { return own }
    if own.isEmpty { return patterns }
    var all: [String] = []
    var bytes = 0
    for pattern in patterns {
      for file in own {
        // A thousand times a thousand long names: no task is started with so many.
        guard bytes < limit else { return all }
        let filled = listed(pattern, task: file)
        all.append(filled == pattern + " " + file ? pattern + file : filled)
        bytes += filled.utf8.count + 4
      }
    }
    return all
  }
}
