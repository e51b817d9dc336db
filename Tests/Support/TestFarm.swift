import Foundation
import Glibc

/// A farm of real programs on loopback, in one scratch folder.
public final class TestFarm {
  public let scratch: ScratchFolder
  public private(set) var server: Program
  public private(set) var port: Int
  public private(set) var renders: [String: Program] = [:]
  private let serverArguments: [String]
  private let environment: [String: String]
  /// With the password of administrators.
  public let passwordFile: String

  /// Starts a server on a free port and waits until it is ready.
  ///
  /// - Parameter undoGrace: `af_undo_grace`, in seconds; 0: what is deleted is gone for good at once.
  public init(
    scratch: ScratchFolder, serverArguments: [String] = [], environment: [String: String] = [:], undoGrace: Int = 0
  ) throws {
    self.scratch = scratch
    self.serverArguments = serverArguments
    self.environment = ["REEVE_AF_UNDO_GRACE": "\(undoGrace)"].merging(environment) { $1 }
    try TestPasswords.give(to: "server", in: scratch)
    passwordFile = try TestPasswords.file(of: TestPasswords.administrator, in: scratch)
    server = try Self.launch(scratch, port: 0, serverArguments, self.environment)
    port = 0
    port = try Self.readyPort(server)
  }

  deinit {
    for program in renders.values { program.signal(SIGKILL) }
    killKeepers()
    server.signal(SIGKILL)
  }

  private static func launch(_ scratch: ScratchFolder, port: Int, _ more: [String], _ environment: [String: String]) throws
    -> Program
  {
    try Program(
      "reeve-server", ["--listen", "127.0.0.1:\(port)", "--state", scratch.file("server")] + more, scratch: scratch,
      environment: environment)
  }

  private static func readyPort(_ server: Program) throws -> Int {
    let line = try server.waitForLine("reeve-server: ready on ")
    let address = line.dropFirst("reeve-server: ready on ".count).prefix { $0 != "," }
    guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
      throw NotObserved("no port in \(line)")
    }
    return port
  }

  public var address: String { "127.0.0.1:\(port)" }

  /// Starts the server again on the same port and state.
  public func restartServer() throws {
    server = try Self.launch(scratch, port: port, serverArguments, environment)
    _ = try Self.readyPort(server)
  }

  /// SIGKILL, and until it is gone.
  public func killServer() throws {
    server.signal(SIGKILL)
    try server.wait()
  }

  /// Starts an agent and waits until it is registered.
  @discardableResult
  public func startRender(_ name: String, _ arguments: [String] = [], environment more: [String: String] = [:]) throws -> Program {
    let program = try Program(
      "reeve-render", ["--server", address, "--name", name, "--state", scratch.file("render-\(name)")] + arguments,
      scratch: scratch,
      environment: environment.merging(more) { $1 })
    renders[name] = program
    try program.waitForLine("reeve-render: \(name) registered with")
    return program
  }

  /// Runs `reeve` to its end.
  public func reeve(_ arguments: [String], input: String? = nil, limit: Double = 300, asUser: Bool = false) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let program = try startReeve(arguments, input: input, asUser: asUser)
    let status = try program.wait(limit: limit)
    return (status, program.output, program.errors)
  }

  /// - Parameter asUser: false: with the rights of an administrator, so that a test need not care who may.
  public func startReeve(_ arguments: [String], input: String? = nil, asUser: Bool = false) throws -> Program {
    let rights = asUser ? [] : ["--super"]
    return try Program(
      "reeve", ["--server", address] + rights + arguments, scratch: scratch,
      environment: environment.merging(["REEVE_PASSWORD_FILE": passwordFile]) { own, _ in own }, input: input)
  }

  /// Runs `reeve`, which must succeed, and returns what it printed.
  @discardableResult
  public func mustReeve(_ arguments: [String], input: String? = nil, limit: Double = 300) throws -> String {
    let result = try reeve(arguments, input: input, limit: limit)
    guard result.status == 0 else {
      throw NotObserved(
        "reeve \(arguments.joined(separator: " ")) ended with \(result.status): \(result.errors)\nserver: \(server.errors.suffix(2000))"
      )
    }
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The keepers of this farm's agents: processes whose command line names the scratch folder.
  public func keepers() -> [pid_t] { processes { $0.contains("keeper") } }

  /// Processes of which the command line contains the scratch folder's path.
  public func processes(where matches: (String) -> Bool = { _ in true }) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { pid in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), !bytes.isEmpty else { return false }
      let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
      return line.contains(scratch.path) && matches(line)
    }
  }

  private func killKeepers() { for pid in keepers() { kill(pid, SIGKILL) } }
}
