import Model
import Scheduler

/// Somebody at a desk, with a program that is connected as long as it can be: submits jobs, operates on them, edits them, looks at
/// lists. Nothing is asked twice: what got no answer may have been done or not.
final class PersonNode: Node {
  private enum Wake: Int { case connect, act }

  unowned let world: World
  let place: Int
  let name: String
  private(set) var isUp = false
  private var connection: Int?
  private var attempt: Int?
  private var backoff = 100
  private var number: UInt64 = 0
  private var isIdle = false
  private var chance: Seeded
  private let wishes: Wishes

  init(_ world: World, _ place: Int, user: String, wishes: Wishes) {
    self.world = world
    self.place = place
    name = user
    self.wishes = wishes
    chance = Seeded(world.seed, 200 + UInt64(place))
  }

  func start() {
    isUp = true
    comeBack()
    actLater()
  }

  func crash(_ depth: CrashDepth) {
    isUp = false
    connection = nil
    attempt = nil
  }

  func heal() { isIdle = true }

  func opened(_ opened: Int) {
    attempt = nil
    connection = opened
    backoff = 100
  }

  func failed(_ failed: Int) {
    attempt = nil
    comeBack()
  }

  func closed(_ closed: Int) {
    if attempt == closed { attempt = nil } else { guard connection == closed else { return } }
    connection = nil
    comeBack()
  }

  private func comeBack() {
    world.alarm(Alarm(kind: Wake.connect.rawValue), of: place, at: world.now + chance.span(0...backoff))
    backoff = min(10_000, backoff * 2)
  }

  func take(_ frame: Frame, from: Int) {
    guard from == connection, case .answer(let number, let reply) = frame else { return }
    world.promises.heard(RequestID(connection: ConnectionID(UInt64(from)), number: number), reply)
  }

  func wake(_ alarm: Alarm) {
    if alarm.kind == Wake.connect.rawValue {
      if connection == nil, attempt == nil { attempt = world.connect(place) }
      return
    }
    if isIdle { return }
    actLater()
    guard let connection, let farm = world.server?.farm,
      let request = wishes.next(farm, world.server?.farmNow ?? world.now, &chance)
    else { return }
    number += 1
    world.send(.ask(number, request), on: connection, fromServer: false)
  }

  private func actLater() {
    // Now and then somebody works fast.
    let pause = chance.chance(1, in: 6) ? chance.span(10...2000) : chance.span(5000...90_000)
    world.alarm(Alarm(kind: Wake.act.rawValue), of: place, at: world.now + pause)
  }
}
