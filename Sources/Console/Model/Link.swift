import Model

/// How the connection to the server stands. Losing it is a state, not an end: what is known stays on screen with its age.
enum Link: Hashable, Sendable {
  /// The first try is under way.
  case connecting(since: Instant)
  case connected(since: Instant)
  /// `nextTry` is nil while one is under way.
  case lost(since: Instant, reason: String, nextTry: Instant?)

  var isConnected: Bool {
    if case .connected = self { return true }
    return false
  }
}

/// A subscription that the server holds for us.
struct ActiveSubscription: Hashable, Sendable {
  var number: SubscriptionNumber
  var topic: Topic
  var window: Window
}

/// What a page shows with a subscription.
enum Slot: Hashable, Sendable, CaseIterable {
  case jobs, renders, job, blocks, tasks, grid, details, log, users, work, farmTree, heat, system, events, serverLog, journal
  case tagging, render, task
}
