import Foundation
import TestSupport
import Testing

@Suite("orders are taken back", .serialized) struct UndoTests {
  private static func job(_ name: String) -> String {
    """
    {"job": {"name": "\(name)", "offline": true, "priority": 90, "blocks": [
      {"name": "b", "command": "true @#@", "frame_first": 1, "frame_last": 3}]}}
    """
  }

  /// The number that an order's answer told.
  private static func number(_ answer: String) throws -> String {
    guard let line = answer.split(separator: "\n").last, line.hasPrefix("reeve undo ") else {
      throw NotObserved("no undo in \(answer)")
    }
    return String(line.split(separator: " ")[2])
  }

  @Test("a deleted job is gone from lists and its name is free; undo brings it back, also after the server was killed")
  func deletion() throws {
    let farm = try TestFarm(scratch: ScratchFolder(), undoGrace: 3600)
    let first = try farm.submit(Self.job("film"))
    let second = try farm.submit(Self.job("other"))
    let answer = try farm.mustReeve(["delete", "--yes", first, second])
    #expect(answer.hasPrefix("job \(first) \"film\": deleted\njob \(second) \"other\": deleted\nreeve undo "))
    #expect(answer.hasSuffix(" takes it back within 3600 s"))
    let number = try Self.number(answer)
    #expect(try farm.rows(["jobs", "--all"]).isEmpty)
    #expect(try farm.reeve(["job", first]).status == 5)
    let third = try farm.submit(Self.job("film"))
    try farm.killServer()
    try farm.restartServer()
    #expect(try farm.rows(["jobs", "--all"]).map { $0["name"] as? String } == ["film"])
    #expect(try farm.mustReeve(["undo", "--list"]).contains("delete 2 jobs"))
    let list = try farm.rows(["undo", "--list"])
    #expect(list.first?["number"] as? Int == Int(number))
    let undone = try farm.mustReeve(["undo"])
    #expect(undone.hasPrefix("undone: delete 2 jobs\n"))
    #expect(undone.contains("job \(first): is there again; its name \"film\" was taken meanwhile: it is \"film-1\" now"))
    #expect(try farm.rows(["jobs", "--all"]).map { $0["name"] as? String } == ["film-1", "other", "film"])
    #expect(try farm.mustReeve(["job", third]).contains("film"))
    #expect(try farm.reeve(["undo", number]).status == 5)
    #expect(try farm.reeve(["undo", "0"]).status == 2)
  }

  @Test("a deletion is final when its time is over")
  func final() throws {
    let farm = try TestFarm(scratch: ScratchFolder(), undoGrace: 1)
    let id = try farm.submit(Self.job("film"))
    let number = try Self.number(farm.mustReeve(["delete", "--yes", id]))
    try observe("the end of it") { try farm.mustReeve(["journal", "--job", id]).contains("is gone for good") }
    let late = try farm.reeve(["undo", number])
    #expect(late.status == 5 && late.errors.contains("its time is over"))
  }

  @Test("--json tells the number; values, pauses and restarts come back, and what somebody changed meanwhile is told")
  func json() throws {
    let farm = try TestFarm(scratch: ScratchFolder(), undoGrace: 3600)
    let id = try farm.submit(Self.job("film"))
    let set = try farm.json(["set", "jobs", id, "priority=150", "annotation=x"]) as? [String: Any]
    let offer = (set?["undo"] as? [[String: Any]])?.first
    #expect(offer?["seconds"] as? Int == 3600)
    try farm.mustReeve(["set", "jobs", id, "priority=160"])
    let undone = try farm.json(["undo", "\(offer?["number"] as? Int ?? 0)"])
    #expect("\(undone)".contains("left as somebody set it meanwhile: priority"))
    #expect(try farm.node(["job", id])["annotation"] as? String ?? "" == "")

    try farm.mustReeve(["skip", id])
    #expect(try farm.rows(["tasks", id, "--state", "skipped"]).count == 3)
    #expect(try farm.mustReeve(["undo"]) == "undone: skip job \(id) \"film\"\njob \(id): 3 tasks taken back")
    #expect(try farm.rows(["tasks", id, "--state", "skipped"]).isEmpty)
  }
}
