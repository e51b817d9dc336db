import Foundation
import Testing
import TestSupport

@Suite("the console in a real terminal") struct ConsoleTests {
  private func watch(_ farm: TestFarm, _ arguments: String = "", columns: Int, rows: Int, in scratch: ScratchFolder? = nil) throws
    -> TerminalSession
  {
    try TerminalSession(
      "env REEVE_SERVER=\(farm.address) XDG_CONFIG_HOME=\(farm.scratch.file("config")) "
        + "XDG_STATE_HOME=\(farm.scratch.file("kept")) LC_ALL=C.UTF-8 PAGER='less -S' LESS= "
        + "\(Program.path(of: "reeve-watch")) \(arguments)", columns: columns, rows: rows, scratch: scratch ?? farm.scratch)
  }

  @Test("jobs, tasks, a live log, renders, help and resizing", arguments: [(80, 24), (200, 50)])
  func screens(columns: Int, rows: Int) throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    for name in ["r1", "r2"] { try farm.startRender(name) }
    let gate = farm.scratch.file("gate")
    let terminal = try watch(farm, columns: columns, rows: rows)
    try terminal.wait(for: "reeve submit")
    try farm.mustReeve([
      "run", "--name", "lights シーン", "--frames", "1-6", "--",
      "echo frame @#@ begins; while [ ! -e \(gate) ]; do sleep 0.2; done; echo frame @#@ ends",
    ])
    try terminal.wait(for: "lights シーン")
    // Into the job: grid, then list, then the log of the first task while it grows.
    try terminal.press("Enter")
    try terminal.wait("two running cells in the grid") { $0.contains { $0.contains("RRrrrr") } }
    try terminal.press("Tab")
    try terminal.wait(for: "frame 6")
    try terminal.press("Enter")
    try terminal.wait(for: "frame 1 begins")
    #expect(!terminal.text.contains("frame 1 ends"))
    try terminal.resize(columns: 100, rows: 30)
    try terminal.wait(for: "frame 1 begins")
    try farm.scratch.write("", to: "gate")
    try terminal.wait(for: "frame 1 ends")
    try terminal.type("q")
    try terminal.wait("all tasks done") { lines in
      lines.filter { $0.contains("frame ") && ($0.contains("DON") || $0.contains("done")) }.count >= 6
    }
    try terminal.type("3")
    try terminal.wait("both renders") { lines in lines.contains { $0.contains("r1") } && lines.contains { $0.contains("r2") } }
    try terminal.type("?")
    try terminal.wait(for: "Keys")
    try terminal.press("Escape")
    try terminal.wait("the help gone") { !$0.contains { $0.contains("┌─ Keys") } }
    try terminal.resize(columns: 30, rows: 5)
    try terminal.wait(for: "too small")
    try terminal.resize(columns: columns, rows: rows)
    try terminal.wait(for: "r2")
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("why a job waits, the manual, the pager, a saved log, the clipboard")
  func hands() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.mustReeve(["run", "--name", "stopped", "--paused", "--", "true"])
    let terminal = try watch(farm, columns: 100, rows: 30)
    try terminal.wait(for: "stopped")
    try terminal.type("x")
    try terminal.wait("the reason") { $0.contains { $0.contains("─ Why") } && $0.contains { $0.contains("paused") } }
    try terminal.type("x")
    try terminal.press("F1")
    try terminal.wait(for: "reeve-watch: this console")
    try terminal.press("Enter")
    try terminal.wait(for: "REEVE-WATCH(1)")
    try terminal.type("/--read-only")
    try terminal.press("Enter")
    try terminal.wait(for: "--read-only")
    try terminal.press("Escape")
    try terminal.wait("the manual closed") { !$0.contains { $0.contains("Esc closes") } }
    // The name of the job.
    try terminal.type("yj")
    try terminal.wait(for: "name: stopped")
    try terminal.press("Enter")
    try terminal.wait(for: "copied: stopped")
    try observe("the clipboard") { terminal.clipboard == "stopped" }

    try farm.startRender("r1")
    let id = try farm.mustReeve(["run", "--name", "noisy", "--", "echo one; printf 'two \\033[2J\\n'; echo three"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try farm.mustReeve(["wait", id])
    try terminal.type(":job \(id)")
    try terminal.press("Enter")
    try terminal.wait("its task done") { $0.contains { $0.contains("done") } }
    try terminal.press("Enter")
    try terminal.wait(for: "three")
    try terminal.type("f")
    try terminal.type("t(wo|hr)")
    try terminal.press("Enter")
    try terminal.wait("two lines") { $0.contains { $0.contains("two") } && !$0.contains { $0.hasPrefix("one") } }
    try terminal.type("s")
    try terminal.press("C-u")
    try terminal.type(farm.scratch.file("saved.log"))
    try terminal.press("Enter")
    try terminal.wait(for: "saved as")
    #expect(try String(contentsOfFile: farm.scratch.file("saved.log"), encoding: .utf8) == "one\ntwo \u{1B}[2J\nthree\n")
    try terminal.type("s")
    try terminal.press("C-u")
    try terminal.type(farm.scratch.file("saved.log"))
    try terminal.press("Enter")
    try terminal.wait(for: "is there already")
    try terminal.type("p")
    try terminal.wait("the pager with all of it") { lines in
      lines.contains { $0.hasPrefix("one") } && lines.contains { $0.contains("two ␛[2J") }
        && !lines.contains { $0.contains("1 jobs") }
    }
    // It is for the pager alone.
    try terminal.press("C-c")
    try terminal.type("q")
    try terminal.wait("the console again") { lines in lines.contains { $0.contains("only “t(wo|hr)”") } }
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("a web address in a log is one for the terminal too, and stands as it did")
  func addresses() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    try farm.mustReeve(["run", "--name", "says where", "--", "echo more at https://farm.example/shots/010 and there"])
    let terminal = try TerminalSession(
      "env TERM=xterm-256color REEVE_SERVER=\(farm.address) XDG_CONFIG_HOME=\(farm.scratch.file("config")) LC_ALL=C.UTF-8 "
        + Program.path(of: "reeve-watch"), scratch: farm.scratch)
    try terminal.wait("the job done") { lines in lines.contains { $0.contains("says where") && $0.contains("DON") } }
    try terminal.record(to: farm.scratch.file("sent"))
    try terminal.press("Enter")
    try terminal.wait(for: "a cell is a task")
    try terminal.press("Enter")
    try terminal.wait(for: "more at https://farm.example/shots/010 and there")
    let sent = try observe("the address in what was sent") {
      let parts = (farm.scratch.read("sent") ?? "").components(separatedBy: "\u{1B}]8;;")
      return parts.count == 3 ? parts : nil
    }
    #expect(sent[1].hasPrefix("https://farm.example/shots/010\u{1B}\\"))
    #expect(sent[1].dropFirst(32).contains("https://farm.example/shots/010"))
    #expect(sent[2].hasPrefix("\u{1B}\\"))
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("columns, order and density are there again; a damaged file is set aside; a theme is seen as it is edited")
  func kept() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.mustReeve(["run", "--name", "habit", "--paused", "--", "true"])
    let folder = farm.scratch.file("config") + "/reeve/themes"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "base: dark\n".write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
    let first = try watch(farm, "--theme mine", columns: 120, rows: 24)
    try first.wait(for: "habit")
    try first.type("d")
    try first.wait(for: "density: abbreviated")
    try first.type("c")
    try first.wait(for: "[x] USER")
    // USER is hidden.
    try first.type("j ")
    try first.wait(for: "[ ] USER")
    try first.press("Enter")
    try first.wait("the column gone") { !$0[1].contains("USER") && $0[1].contains("NAME") }
    // While it runs: a fault, and then none, by another file that takes its name as editors do.
    try "roles: 7\n".write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
    try first.wait(for: "mine.yaml:1: roles: expected a style")
    try "base: mono\n".write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
    try first.wait(for: "theme mine")
    try first.type("Q")
    try observe("the console's end") { first.isOver }

    // Each terminal has a folder of its own.
    let second = try watch(farm, columns: 120, rows: 24, in: ScratchFolder())
    try second.wait(for: "habit")
    try second.wait("what was chosen") { !$0[1].contains("USER") && !$0[0].contains("3 farm") }
    try second.type("Q")
    try observe("the console's end") { second.isOver }

    let file = farm.scratch.file("kept") + "/reeve/watch.json"
    try "{ no".write(toFile: file, atomically: true, encoding: .utf8)
    let third = try watch(farm, columns: 200, rows: 24, in: ScratchFolder())
    try third.wait(for: "what was kept is damaged and was set aside as \(file).damaged")
    try third.wait("all columns") { $0[1].contains("USER") }
    try third.type("Q")
    try observe("the console's end") { third.isOver }
    #expect(try String(contentsOfFile: file + ".damaged", encoding: .utf8) == "{ no")
  }

  @Test("a theme is checked, and a fault in the file of keys keeps the console from starting")
  func files() throws {
    let scratch = try ScratchFolder()
    func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
      let program = try Program("reeve-watch", arguments, scratch: scratch)
      let status = try program.wait()
      return (status, program.output, program.errors)
    }
    try scratch.write("base: dark\nroles:\n  cursor: { }\n", to: "a.yaml")
    let doubted = try run("--check-theme", scratch.file("a.yaml"))
    #expect(doubted.status == 0)
    #expect(doubted.output.contains("roles.cursor looks as roles.text does"))
    #expect(doubted.output.contains("the theme “a” is right"))
    try scratch.write("roles:\n  cursr: { }\n", to: "b.yaml")
    let wrong = try run("--check-theme", scratch.file("b.yaml"))
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("b.yaml:2: roles.cursr: no such key; expected one of: text"))
    for name in ["dark", "light", "military", "hello-kitty", "high-contrast", "colour-blind", "mono"] {
      let shipped = try run("--check-theme", name)
      #expect(shipped.status == 0 && shipped.output == "\(name): the theme “\(name)” is right\n", "\(shipped)")
    }
    try FileManager.default.createDirectory(atPath: scratch.file("config") + "/reeve", withIntermediateDirectories: true)
    try scratch.write("lists:\n  filter: i\n", to: "config/reeve/keys.yaml")
    let keys = try run()
    #expect(keys.status == 1)
    #expect(keys.errors.contains("keys.yaml:2: lists.filter: “i” is the key of lists.info already"))
  }

  @Test("a lost server is said and found again; a deletion asks first")
  func lostAndFound() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.mustReeve(["run", "--name", "still here", "--paused", "--", "true"])
    let terminal = try watch(farm, columns: 80, rows: 24)
    try terminal.wait(for: "still here")
    try farm.killServer()
    try terminal.wait("the loss on the screen, with the data") { lines in
      lines.contains { $0.lowercased().contains("lost") || $0.lowercased().contains("no connection") }
        && lines.contains { $0.contains("still here") }
    }
    try farm.restartServer()
    try terminal.wait("the banner gone") { lines in
      !lines.contains { $0.lowercased().contains("lost") || $0.lowercased().contains("no connection") }
    }
    try terminal.type("D")
    try terminal.wait(for: "Cancel")
    try terminal.press("Enter")
    #expect(try farm.mustReeve(["jobs"]).contains("still here"))
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("idle, server and console are woken a few times a second at most")
  func idle() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    let id = try farm.mustReeve(["run", "--name", "over", "--", "true"])
    try farm.mustReeve(["wait", id])
    let terminal = try watch(farm, columns: 80, rows: 24)
    try terminal.wait(for: "over")
    // How often all threads of a process gave up the processor by themselves: whoever polls does so often, whatever the machine.
    func wakes(_ pid: pid_t) -> Int {
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
      return threads.reduce(0) { sum, thread in
        let text = (try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
        return sum + (line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
      }
    }
    let pids = [terminal.pid, farm.server.pid]
    var seen = [0, 0]
    // What settling takes is over at some time; then ten seconds have to be quiet.
    try observe("both at rest", limit: 180, seen: { "woken in 10 s: console \(seen[0]), server \(seen[1])" }) {
      let before = pids.map(wakes)
      poll(nil, 0, 10_000)
      seen = zip(pids.map(wakes), before).map { $0 - $1 }
      return seen.allSatisfy { $0 < 300 }
    }
  }
}
