import ArgumentParser
import Glibc

/// Large jobs given to a real server by the real command: how long until they are durable, and what they cost in memory.
struct Listed: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "A job of a million listed tasks, and one of a million frames.")

  @Option(help: "Tasks of each job.") var tasks = 1_000_000

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    let scratch = try Scratch()
    let file = scratch.path + "/job.json"
    // The bytes that are the tasks' own: what memory is measured against.
    let text = try write(to: file)
    let server = try Measured(
      "reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.path + "/server"], errors: scratch.path + "/errors")
    defer { server.stop() }
    let ready = try server.line(containing: "ready on ")
    guard let address = ready.split(separator: " ").first(where: { $0.hasPrefix("127.0.0.1:") })?.prefix(while: { $0 != "," })
    else {
      throw Measured.Fault(description: ready)
    }
    let environment = ["REEVE_STATE=\(scratch.path)/client", "HOME=\(scratch.path)"]
    func reeve(_ arguments: [String]) throws -> Double {
      let start = now()
      let command = try Measured(
        "reeve", ["--server", String(address)] + arguments, environment: environment, errors: scratch.path + "/errors")
      _ = try command.line(containing: "")
      let seconds = now() - start
      command.stop()
      return seconds
    }
    // Brings everything into memory once.
    _ = try reeve(["run", "--paused", "--", "true"])
    let numeric = try reeve(["run", "--paused", "--frames", "1-\(tasks)", "--", "true"])
    let before = server.residentBytes
    let listed = try reeve(["submit", "--paused", file])
    let grown = Double(server.residentBytes - before - text) / Double(tasks)
    print(
      "(d) a job of \(tasks) listed tasks, durable in \(fixed(listed, 2)) s (target 2); \(fixed(grown, 0)) bytes a task beyond its text (target 150)"
    )
    print("(d) a job of \(tasks) frames, durable in \(fixed(numeric * 1000, 0)) ms (target 50), the command's own start included")
  }

  private func write(to path: String) throws -> Int {
    guard let out = fopen(path, "w") else { throw Measured.Fault(description: "\(path): \(errno)") }
    defer { fclose(out) }
    fputs("{\"job\": {\"name\": \"listed\", \"blocks\": [{\"name\": \"b\", \"tasks\": [", out)
    var text = 0
    for number in 0..<tasks {
      let name = "task \(number)"
      let command = "render --frame \(number)"
      text += name.utf8.count + command.utf8.count
      fputs("\(number == 0 ? "" : ",\n"){\"name\": \"\(name)\", \"command\": \"\(command)\"}", out)
    }
    fputs("]}]}}\n", out)
    return text
  }
}
