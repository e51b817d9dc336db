import Testing
import Text

@Suite("Numbers, times and bars")
struct FormatTests {
  @Test(
    "durations have two units at most",
    arguments: [
      (-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m00s"), (307, "5m07s"), (3599, "59m59s"), (3720, "1h02m"), (86_399, "23h59m"),
      (86_400, "1d00h"), (273_600, "3d04h"),
    ] as [(Int64, String)])
  func durations(seconds: Int64, text: String) { #expect(Format.duration(seconds: seconds) == text) }

  @Test(
    "sizes are binary",
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (3_650_722_201, "3.3 GiB"), (123_731_968, "118 MiB"), (.max, "7.9 EiB"),
      (-1, "0 B"),
    ] as [(Int64, String)])
  func sizes(bytes: Int64, text: String) { #expect(Format.size(bytes: bytes) == text) }

  @Test(
    "moments in UTC follow RFC 3339",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
      (1_763_776_387_250_000, "2025-11-22T01:53:07.25Z"),
      (-1, "1969-12-31T23:59:59.999999Z"), (4_102_444_799_000_001, "2099-12-31T23:59:59.000001Z"),
    ] as [(Int64, String)])
  func moments(microseconds: Int64, text: String) { #expect(TimeText.rfc3339(microseconds: microseconds) == text) }

  @Test("no moment, however far, is too far to be written", arguments: [Int64.min, .max])
  func farMoments(microseconds: Int64) {
    #expect(TimeText.rfc3339(microseconds: microseconds).hasSuffix("Z"))
    #expect(!TimeText.local(microseconds: microseconds).isEmpty)
  }

  @Test(
    "a bar is full only when all is done",
    arguments: [
      (0, 10, "        "), (1, 1000, "▏       "), (5, 10, "████    "), (999, 1000, "███████▉"), (10, 10, "████████"),
      (3, 0, "        "),
    ] as [(Int64, Int64, String)])
  func bars(done: Int64, total: Int64, text: String) {
    #expect(ProgressBar.text(done: done, of: total, columns: 8) == text)
  }

  @Test("a bar in ASCII")
  func asciiBar() {
    #expect(ProgressBar.text(done: 5, of: 10, columns: 8, ascii: true) == "####....")
    #expect(ProgressBar.text(done: 99, of: 100, columns: 8, ascii: true) == "#######.")
  }
}
