import Foundation
import Model
import TestSupport
import Testing

@testable import Processes

@Suite("A program that is heard to its end")
struct ChildProcessTests {
  private func shell(_ line: String, input: [UInt8] = []) -> ChildProcess {
    ChildProcess(arguments: ["/bin/sh", "-c", line], environment: ["PATH": "/usr/bin:/bin"], input: input)
  }

  @Test("gets its input and tells output, errors and status apart")
  func whole() throws {
    let outcome = try shell("cat; echo oops >&2; exit 3", input: Array("hello".utf8)).run()
    #expect(outcome.ending == .exited(3))
    #expect(outcome.output == Array("hello".utf8))
    #expect(outcome.errors == Array("oops\n".utf8))
    #expect(outcome.fault(limitSeconds: 1) == "ended with exit status 3")
    #expect(try shell("kill -9 $$").run().ending == .killed(SIGKILL))
  }

  @Test("megabytes go in and out at the same time; what is too much is read and left out")
  func much() throws {
    let input = [UInt8](repeating: 0x61, count: 3 << 20)
    var child = shell("cat; printf end", input: input)
    child.keptBytes = 1 << 20
    let outcome = try child.run()
    #expect(outcome.ending == .exited(0))
    #expect(outcome.output.count == 1 << 20 && outcome.isCut)
    #expect(try shell("exit 0", input: input).run().ending == .exited(0), "it need not read its input")
  }

  @Test("one that hangs is killed with all that it started")
  func hangs() throws {
    let scratch = try ScratchFolder()
    var child = shell("sleep 1000 & echo $! >\(scratch.file("pid")); echo begun; trap '' TERM; wait")
    child.timeoutMilliseconds = 8000
    let outcome = try child.run()
    #expect(outcome.ending == .timedOut)
    #expect(outcome.output == Array("begun\n".utf8))
    let pid = try #require(Int32(scratch.read("pid")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""))
    try observe("the end of what it started") {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
      return text.contains(") Z ")
    }
  }

  @Test("its end is its end, whatever it leaves running with its pipes")
  func leaves() throws {
    let outcome = try shell("sleep 1000 & echo done").run()
    #expect(outcome.ending == .exited(0))
    #expect(outcome.output == Array("done\n".utf8))
  }

  @Test("what is not there, and what holds a NUL, is a sentence")
  func missing() {
    for arguments in [["/nowhere/x"], ["reeve-no-such-program"], [], ["/etc"], ["/bin/echo", "a\0b"]] {
      #expect(throws: Failure.self) { try ChildProcess(arguments: arguments, environment: [:]).run() }
    }
  }
}
