@testable import Command
import Foundation
import Model
import Testing

@Suite("reeve(1)")
struct ManualTests {
  private let text: String = {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return (try? String(contentsOf: here.appendingPathComponent("../../man/reeve.1"), encoding: .utf8)) ?? ""
  }()

  @Test("describes every command")
  func commands() {
    let words = Set(
      text.split(separator: "\n").filter { $0.hasPrefix(".It Cm ") }.flatMap { $0.dropFirst(7).split(separator: " ") }.map(
        String.init))
    for name in Reeve.names { #expect(words.contains(name), "\(name) is not in man/reeve.1") }
  }

  @Test("describes every operation on renders")
  func orders() {
    for order in RenderOrder.allCases { #expect(text.contains(order.word), "\(order.word) is not in man/reeve.1") }
  }
}
