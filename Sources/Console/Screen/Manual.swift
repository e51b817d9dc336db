import Console
import Files
import Glibc
import Model
import NIOCore
import NIOPosix
import Processes

/// Pages of the manual as text: what `man` makes of them.
struct Manual: Sendable {
  let inbox: Inbox

  func read(_ name: String, columns: Int) {
    let inbox = inbox
    NIOSingletons.posixBlockingThreadPool.submit { _ in inbox.push(.manual(name, Self.lines(name, columns: columns))) }
  }

  private static func lines(_ name: String, columns: Int) -> Result<[String], Failure> {
    var environment = Places.environment()
    environment["MANWIDTH"] = "\(columns)"
    environment["MANPAGER"] = "cat"
    environment["PAGER"] = "cat"
    // The page of the same version as this program, where it can be found; otherwise the one that man finds.
    let page = path(of: name)
    let ways =
      page.map { [["mandoc", "-T", "utf8", "-O", "width=\(columns)", $0], ["man", "-l", $0]] } ?? [["man", name], ["mman", name]]
    for words in ways {
      var child = ChildProcess(arguments: words, environment: environment)
      child.timeoutMilliseconds = 10_000
      child.keptBytes = 1 << 20
      if let outcome = try? child.run(), outcome.ending == .exited(0), !outcome.output.isEmpty {
        return .success(PlainPage.lines(outcome.output))
      }
    }
    let why = page == nil ? "the page is not installed" : "there is neither mandoc nor man that could format \(page ?? "it")"
    return .failure(Failure(.failed, "\(name): \(why)"))
  }

  private static func path(of name: String) -> String? {
    for folder in Installation.folders(share: "man", source: "man") {
      for section in 1...9 {
        for path in ["\(folder)/man\(section)/\(name).\(section)", "\(folder)/\(name).\(section)"] where access(path, R_OK) == 0 {
          return path
        }
      }
    }
    return nil
  }
}

/// What a formatter wrote for a printer or a terminal, as plain lines: letters that were struck twice, and colours, are let go.
enum PlainPage {
  static func lines(_ bytes: [UInt8]) -> [String] {
    var out: [Character] = []
    var rest = Substring(String(decoding: bytes, as: UTF8.self))
    while let character = rest.popFirst() {
      if character == "\u{8}" {
        if !out.isEmpty { out.removeLast() }
      } else if character == "\u{1B}" {
        // A colour: ESC [ … letter.
        if rest.first == "[" { rest = rest.drop { !$0.isLetter }.dropFirst() }
      } else {
        out.append(character)
      }
    }
    return String(out).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
