import Model
import Testing

@testable import Console

@Suite("states in words") struct StateWordsTests {
  @Test(
    "a render's state in a narrow column: what an operator acts on first, and nothing that says no more",
    arguments: [
      (RenderState.online, 8, Density.full, "idle"), (.online, 3, .abbreviated, "-"),
      ([.online, .busy], 8, .full, "busy"), ([], 8, .full, "offline"), ([.busy], 8, .full, "offline"),
      // What sleeps is off on purpose, and what is being woken sleeps.
      ([.wolSleeping], 8, .full, "asleep"), ([.wolSleeping, .wolWaking], 8, .full, "waking"),
      ([.wolSleeping, .wolWaking], 3, .abbreviated, "WWK"),
      ([.online, .wolFalling], 20, .full, "falling asleep"), ([.online, .wolFalling], 8, .full, "WFL"),
      ([.online, .sick, .busy], 8, .full, "sick"), ([.online, .sick, .busy], 8, .short, "SIC RUN"),
      ([.online, .sick, .busy, .NIMBY], 10, .full, "sick, busy"), ([.online, .sick, .busy], 20, .short, "sick, busy"),
      ([.sick, .paused], 7, .short, "OFF SIC"), ([.sick, .paused], 3, .abbreviated, "OFF"),
    ] as [(RenderState, Int, Density, String)])
  func render(state: RenderState, columns: Int, density: Density, expected: String) {
    #expect(StateWords.fitted(state, columns: columns, density) == expected)
  }
}
