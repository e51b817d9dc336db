import ArgumentParser
import EventService
import Files
import Glibc
import Model
import Settings

/// What the small programs within `reeve-render` are told of the configuration: they run under an agent and have its settings.
struct ProgramSettings: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("A settings file, stronger than the system's and the user's; repeatable.", valueName: "file"))
  var configurations: [String] = []

  func load() throws(Failure) -> EventSettings {
    do {
      return EventSettings(try Settings.load(files: configurations))
    } catch {
      throw Failure(.usage, "\(error)")
    }
  }

  /// The same for a program that this one starts.
  var words: [String] { Self.words(configurations) }

  static func words(_ configurations: [String]) -> [String] { configurations.flatMap { ["--config", OwnProgram.absolute($0)] } }
}

/// Where this program is.
enum OwnProgram {
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // It may have been replaced by a newer one since it was started.
    let gone = " (deleted)"
    return path.hasSuffix(gone) ? String(path.dropLast(gone.count)) : path
  }()

  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&buffer, buffer.count) != nil else { return path }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/" + path
  }
}

/// What comes on standard input.
enum Input {
  /// - Throws: `Failure` when it cannot be read or is longer than `limit` bytes.
  static func read(limit: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.failed, "cannot read standard input: \(String(cString: strerror(errno)))") }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw Failure(.usage, "more than \(limit) bytes came on standard input") }
    }
  }
}

extension ParsableCommand {
  /// Runs the body; what fails is said in one line, with this program's name, and is the exit status.
  func saying(_ word: String, _ body: () throws(Failure) -> Void) throws {
    do throws(Failure) { try body() } catch {
      Say.error("\(word): \(error)")
      throw ExitCode(error.code == .usage ? 2 : 1)
    }
  }
}
