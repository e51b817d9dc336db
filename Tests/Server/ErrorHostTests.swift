import Model
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("which renders a job's tasks failed on") struct ErrorHostTests {
  @Test("section 3.12: is told for the job, a block and a task; a job without errors has none")
  func errors() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1", maxTasks: 1)
    let job = try await guest.submit(document("film", frames: 2))
    func look(_ block: String = "", _ task: String = "") async throws -> [ErrorHost] {
      var request = WireListErrorHosts()
      request.selector.ids = [job]
      request.block = block
      request.task = task
      guard case .errorHosts(let answer) = try await guest.connection.request(.listErrorHosts(request)) else {
        throw Guest.WrongAnswer()
      }
      #expect(!answer.more)
      return answer.rows.map(ErrorHost.init)
    }
    #expect(try await look().isEmpty)
    let start = try #require(try await render.starts(1).first)
    render.finish(start, .exitStatus)
    try await render.acknowledged(start.lease)
    let all = try await look()
    #expect(all.map(\.task) == [nil, TaskIndex(start.task)])
    #expect(all.allSatisfy { $0.name == "r1" && $0.errors == 1 && !$0.isAvoided && $0.forgiven > $0.last })
    #expect(try await look("block") == all)
    #expect(try await look("0", "\(start.task)") == all)
    #expect(try await look("0", "\(1 - start.task)").isEmpty)
    await #expect { try await look("nothing") } throws: { "\($0)".contains("has no block") }
    for one in [guest, render] { await one.connection.close() }
    await house.close()
  }
}
