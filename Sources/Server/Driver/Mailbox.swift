import Synchronization

/// The way to the farm's actor: ordered, bounded, from any thread. Wakes the actor once for all that gathers.
final class Mailbox: Sendable {
  private struct State {
    var mails: [Mail] = []
    var weight = 0
    /// The actor has been woken and has not taken the mails yet.
    var isWaking = false
    /// Whom to tell when there is room again.
    var waiting: [@Sendable () -> Void] = []
  }

  /// In units of `Mail.weight`: 256 bytes.
  private let bound: Int
  private let state = Mutex(State())
  /// In a value of its own: a closure that is itself what a generic `Mutex` holds is wrapped once more each time it is looked at, so
  /// that the millionth call goes through a million wrappings.
  private struct Wake: Sendable { let call: @Sendable () -> Void }
  private let wake = Mutex<Wake?>(nil)

  init(bound: Int) { self.bound = bound }

  /// Whom to wake: called once for any number of mails, on the poster's thread.
  func connect(_ wake: @escaping @Sendable () -> Void) {
    self.wake.withLock { $0 = Wake(call: wake) }
    let hasMail = state.withLock { $0.isWaking }
    if hasMail { wake() }
  }

  /// Mails are always taken, so that none is lost; a poster that gets `false` posts nothing more until it `waitsForRoom`.
  @discardableResult
  func post(_ mails: some Collection<Mail>) -> Bool {
    guard !mails.isEmpty else { return true }
    let (isFirst, hasRoom) = state.withLock { state in
      for mail in mails {
        state.weight += mail.weight
        state.mails.append(mail)
      }
      defer { state.isWaking = true }
      return (!state.isWaking, state.weight < bound)
    }
    if isFirst { wake.withLock { $0 }?.call() }
    return hasRoom
  }

  @discardableResult
  func post(_ mail: Mail) -> Bool { post(CollectionOfOne(mail)) }

  /// Calls back, on some thread, when the actor has taken what is there; at once when there is room.
  func waitForRoom(_ resume: @escaping @Sendable () -> Void) {
    let hasRoom = state.withLock { state in
      if state.weight < bound { return true }
      state.waiting.append(resume)
      return false
    }
    if hasRoom { resume() }
  }

  /// All mails so far, in order.
  func take() -> [Mail] {
    let (mails, waiting) = state.withLock { state in
      let taken = (state.mails, state.waiting)
      state.mails = []
      state.mails.reserveCapacity(min(taken.0.count, 4096))
      state.waiting = []
      state.weight = 0
      state.isWaking = false
      return taken
    }
    for resume in waiting { resume() }
    return mails
  }
}
