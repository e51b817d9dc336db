import Model
import NIOCore
import Scheduler
import Testing
import Wire

@testable import Server

@Suite("documents in portions") struct UploadTests {
  private func long(_ name: String) -> String {
    document(name, annotation: String(repeating: "x", count: 60_000))
  }

  @Test("come together as one job, whatever the portions")
  func whole() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    for portion in [1000, 59_999, 1 << 20] {
      guard case .submitted(let job) = try await guest.upload(long("job"), portion: portion) else { throw Guest.WrongAnswer() }
      #expect(try await guest.jobs().last?.id == job.job)
    }
    #expect(house.hall.uploads.isEmpty)
    await guest.connection.close()
    await house.close()
  }

  @Test("the first portion says whether the job is paused")
  func paused() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    _ = try await guest.upload(long("job"), portion: 10_000) { $0.paused = true }
    #expect(try await guest.jobs().first.map { StateBits(rawValue: $0.state).contains(.offline) } == true)
    await guest.connection.close()
    await house.close()
  }

  @Test("a portion at the wrong place ends the document, and the next may begin")
  func wrongPlace() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    var part = WireSubmitPart()
    part.size = 100
    part.data = .init("{".utf8)
    _ = try await guest.connection.request(.submitPart(part))
    part.offset = 7
    await #expect { try await guest.connection.request(.submitPart(part)) } throws: { "\($0)".contains("wrong place") }
    await #expect { try await guest.connection.request(.submitPart(part)) } throws: { "\($0)".contains("not begun") }
    #expect(house.hall.uploads.isEmpty)
    _ = try await guest.upload(long("good"), portion: 10_000)
    await guest.connection.close()
    await house.close()
  }

  @Test("too long a document is refused before it is sent")
  func tooLong() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    var part = WireSubmitPart()
    part.size = UInt64(Limits.documentBytes) + 1
    part.data = .init("{".utf8)
    await #expect { try await guest.connection.request(.submitPart(part)) } throws: { "\($0)".contains("256 MiB") }
    await guest.connection.close()
    await house.close()
  }

  @Test("all connections together have a bound; who leaves makes room")
  func budget() async throws {
    var limits = SessionLimits.patient
    limits.uploadBytes = 1000
    let house = try await House.open(store: TrickStore(), limits: limits)
    let one = try await house.guest()
    let two = try await house.guest()
    var part = WireSubmitPart()
    part.size = 600
    part.data = .init("{".utf8)
    _ = try await one.connection.request(.submitPart(part))
    await #expect { try await two.connection.request(.submitPart(part)) } throws: { "\($0)".contains("other long documents") }
    await one.connection.close()
    let budget = house.hall.uploads
    try await eventually("room") { budget.isEmpty }
    _ = try await two.connection.request(.submitPart(part))
    await two.connection.close()
    await house.close()
  }

  @Test("a document that does not become complete ends its connection")
  func slow() async throws {
    var limits = SessionLimits.patient
    limits.uploadTime = .milliseconds(50)
    let house = try await House.open(store: TrickStore(), limits: limits)
    let guest = try await house.guest()
    var part = WireSubmitPart()
    part.size = 600
    part.data = .init("{".utf8)
    _ = try await guest.connection.request(.submitPart(part))
    let reason = try await guest.closes.first("the end") { $0.first }
    #expect(reason.contains("not complete"))
    #expect(house.hall.uploads.isEmpty)
    await house.close()
  }

  @Test("a fault in a long document names its place, and the connection goes on")
  func fault() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let bad = long("bad").replacingFirst("\"frame_last\": 1", "\"frame_last\": 0")
    await #expect { try await guest.upload(bad, portion: 10_000) } throws: { "\($0)".hasPrefix("blocks[0].frame_last") }
    #expect(try await guest.jobs().isEmpty)
    #expect(house.hall.uploads.isEmpty)
    await guest.connection.close()
    await house.close()
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, _ other: String) -> String {
    var out = self
    if let range = out.firstRange(of: text) { out.replaceSubrange(range, with: other) }
    return out
  }
}
