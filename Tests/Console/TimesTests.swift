import Glibc
import Model
import Testing

@testable import Console

@Suite("Moments for people")
struct TimesTests {
  init() {
    setenv("TZ", "UTC", 1)
    tzset()
  }

  @Test("a moment takes the room that there is, and tells the day where it is another")
  func fitted() {
    let now = Instant(seconds: 1_790_000_000)
    #expect(Times.fitted(now, columns: 19, now: now) == "2026-09-21 14:13:20")
    #expect(Times.fitted(now, columns: 11, now: now) == "14:13:20")
    #expect(Times.fitted(now + .seconds(-86_400), columns: 11, now: now) == "09-20 14:13")
    #expect(Times.fitted(now + .seconds(-86_400), columns: 8, now: now) == "14:13:20")
    #expect(Times.fitted(.never, columns: 8, now: now) == "-")
  }
}
