import Testing
import Text

@Suite("moments as people write them") struct MomentTextTests {
  @Test(
    "UTC, with fractions, with a zone",
    arguments: [
      ("2026-11-22T03:00:00Z", 1_795_316_400_000_000), ("2026-11-22T03:00:00.25Z", 1_795_316_400_250_000),
      ("2026-11-22T04:00:00+01:00", 1_795_316_400_000_000), ("2026-11-21T21:30:00-05:30", 1_795_316_400_000_000),
    ] as [(String, Int64)])
  func utc(text: String, expected: Int64) { #expect(MomentText.parse(text, now: 0) == expected) }

  @Test("how long ago", arguments: [("-90s", 90), ("-30m", 1800), ("-2h", 7200), ("-1d", 86_400)] as [(String, Int64)])
  func ago(text: String, seconds: Int64) {
    #expect(MomentText.parse(text, now: 1_000_000_000_000) == 1_000_000_000_000 - seconds * 1_000_000)
  }

  @Test("what was printed as local time is read again")
  func local() {
    let moment: Int64 = 1_795_316_430_000_000
    #expect(MomentText.parse(TimeText.local(microseconds: moment), now: 0) == moment)
    #expect(MomentText.parse(String(TimeText.local(microseconds: moment).dropLast(3)), now: 0) == moment - 30_000_000)
  }

  @Test(
    "what is no moment is refused",
    arguments: [
      "", "yesterday", "-", "-2", "-2w", "--2h", "2026-13-01 00:00", "2026-11-22", "2026-11-22 24:00", "2026-11-22 03:00x",
      "2026-11-22T03:00:00.Z", "2026-11-22T03:00:00+1", "-99999999999999999999s",
    ])
  func wrong(text: String) { #expect(MomentText.parse(text, now: 0) == nil) }
}
