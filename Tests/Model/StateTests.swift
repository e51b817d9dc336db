import Model
import Testing

@Suite("States and their letters")
struct StateTests {
  @Test("each token has its bit, and each bit its token")
  func tokens() {
    #expect(StateBits.tokens.count == 20)
    for (bit, token) in StateBits.tokens {
      #expect(bit.text == token)
      #expect(StateBits(token: token) == bit)
      #expect(StateBits(token: token.lowercased()) == bit)
    }
    #expect(StateBits(token: "XXX") == nil)
    #expect(StateBits(token: "") == nil)
    #expect(StateBits([.running, .ready, .warning]).text == "RDY RUN WRN")
    #expect(StateBits.parserFatal.rawValue == 1 << 21)
    #expect(StateBits.skipped.rawValue == 1 << 8)
  }

  @Test(
    "phases become Afanasy's bits",
    arguments: [
      (.ready, "RDY"), (.waitingDependency, "WDP"), (.running, "RUN"), (.waitingReconnect, "WRC"), (.done, "DON"),
      (.skipped, "DON SKP"),
      (.error, "ERR"), (.errorReady, "RDY RER"), (.suspended, "SUS"),
    ] as [(TaskPhase, String)])
  func phases(phase: TaskPhase, text: String) { #expect(StateBits(phase, []).text == text) }

  @Test("flags stand beside the phase")
  func flags() {
    let all: TaskFlags = [.warning, .parserError, .parserBadResult, .parserSuccess, .failedPost, .badFiles, .parserFatal, .tryNext]
    #expect(StateBits(.error, all).text == "ERR WRN PER PBR PSC FPO BRF TRY PFE")
  }

  @Test("letters are Afanasy's, from the least to the most important")
  func letters() {
    #expect(String(StateLetter.allCases.map(\.letter)) == " DUSGrTWRNYEC")
    #expect(StateLetter.allCases.sorted() == StateLetter.allCases)
    for letter in StateLetter.allCases { #expect(StateLetter(letter: letter.letter) == letter) }
    #expect(StateLetter(letter: "x") == nil)
    #expect(StateLetter(.running, .warning) == .runningWarning)
    #expect(StateLetter(.done, .warning) == .doneWarning)
    #expect(StateLetter(.ready, .tryNext) == .tryNext)
    #expect(String(TaskPhase.allCases.map { StateLetter($0, []).letter }) == "rWRCDSEYU")
  }

  @Test(
    "a render's state in tokens",
    arguments: [
      ([], "OFF"), ([.online], "ONL"), ([.online, .busy, .nimby], "ONL NbY RUN"), ([.NIMBY, .wolSleeping], "OFF NBY WSL"),
    ] as [(RenderState, String)])
  func renders(state: RenderState, text: String) { #expect(state.text == text) }

  @Test("counts add up, and 100 percent means all")
  func counts() {
    var counts = TaskCounts()
    #expect(counts.percent == 0)
    counts.total = 1_000
    for (number, phase) in TaskPhase.allCases.enumerated() {
      counts[phase] = Int32(number)
      #expect(counts[phase] == Int32(number))
    }
    #expect((counts + counts)[.suspended] == 16)
    counts.done = 998
    counts.skipped = 1
    #expect(counts.percent == 99)
    #expect(!counts.isAllFinished)
    counts.skipped = 2
    #expect(counts.percent == 100)
    #expect(counts.isAllFinished)
  }

  @Test("seconds are rounded down, before 1970 too")
  func instants() {
    #expect(Instant(microseconds: 1_999_999).seconds == 1)
    #expect(Instant(microseconds: -1).seconds == -1)
    #expect(Instant(microseconds: -1_000_000).seconds == -1)
    #expect((Instant(seconds: 5) + .milliseconds(1_500)).microseconds == 6_500_000)
    #expect((Instant(seconds: 5) - Instant(seconds: 7)).seconds == -2)
  }

  @Test("an operation has one word, and no two have the same")
  func operations() { #expect(Set(Operation.Kind.allCases.map(\.word)).count == Operation.Kind.allCases.count) }
}
