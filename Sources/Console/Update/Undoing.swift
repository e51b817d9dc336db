import Model

/// What of this console's orders can be taken back.
struct UndoMemory: Sendable {
  struct Offer: Hashable, Sendable {
    var number: UInt64
    /// By this machine's clock.
    var until: Instant
  }
  /// Of orders given here, the last one last.
  private(set) var offers: [Offer] = []
  /// Of the order whose answer is about to be told.
  var fresh: UndoOffer?
  /// Orders that are being taken back, by request.
  var pending: [RequestNumber: UInt64] = [:]

  /// More would be of no use: each is gone after the grace time.
  private static let most = 100

  mutating func add(_ offer: UndoOffer, at now: Instant) {
    guard offer.number > 0 else { return }
    offers.removeAll { $0.until <= now || $0.number == offer.number }
    offers.append(Offer(number: offer.number, until: now + .seconds(offer.seconds)))
    if offers.count > Self.most { offers.removeFirst() }
  }

  mutating func remove(_ number: UInt64) { offers.removeAll { $0.number == number } }

  /// The last one whose time is not over.
  func last(at now: Instant) -> Offer? { offers.last { $0.until > now } }
}

/// An order that can be taken back, whoever gave it.
public struct UndoRow: Hashable, Sendable {
  public var number: UInt64
  /// `anna@desk`
  public var who: String
  /// So long still.
  public var seconds: Int64
  public var text: String
  public init(number: UInt64, who: String, seconds: Int64, text: String) {
    self.number = number
    self.who = who
    self.seconds = seconds
    self.text = text
  }
}

extension ConsoleModel {
  /// The server says that an order of this console can be taken back, or why not.
  mutating func offered(_ offer: UndoOffer) {
    undo.add(offer, at: now)
    undo.fresh = offer
  }

  /// Behind what the status line says of an order: `U takes it back, 27 s`; nil: nothing.
  var undoHint: String? {
    guard let offer = message?.undo else { return nil }
    if offer.number == 0 { return offer.note }
    guard let offer = undo.last(at: now), offer.number == message?.undo?.number else { return nil }
    let key = keys.key(of: .undo, in: scopes)
    return "\(key.isEmpty ? "undo" : key) takes it back, \(max(1, ((offer.until - now).microseconds + 999_999) / 1_000_000)) s"
  }

  /// Takes back the last order that was given here.
  mutating func takeBack() -> [ConsoleEffect] {
    if let refusal = orderRefusal {
      say(refusal, .bad)
      return []
    }
    guard let offer = undo.last(at: now) else {
      let key = keys.key(of: .undos, in: scopes)
      say("no order of this console can be taken back\(key.isEmpty ? "" : " (\(key): everybody's)")", .bad)
      return []
    }
    return takeBack(offer.number)
  }

  mutating func takeBack(_ number: UInt64) -> [ConsoleEffect] {
    lastRequest += 1
    undo.pending[lastRequest] = number
    return [.undo(lastRequest, number)]
  }

  mutating func undone(_ request: RequestNumber, _ result: Result<UndoOutcome, Failure>) {
    guard let number = undo.pending.removeValue(forKey: request) else { return }
    undo.remove(number)
    switch result {
    case .failure(let failure): say("undo: \(failure.message)", .bad)
    case .success(let outcome):
      // What is not as it was is told before what is.
      let told = outcome.nodes.first { !$0.isDone } ?? outcome.nodes.first
      let more = outcome.nodes.count > 1 ? " (and \(outcome.nodes.count - 1) more)" : ""
      let text = told.map { "\($0.node): \($0.message)\(more)" } ?? ""
      let isDone = outcome.nodes.contains(where: \.isDone)
      say("\(isDone ? "undone" : "not undone"): \(outcome.text)\(text.isEmpty ? "" : "; \(text)")", isDone ? .good : .bad)
    }
  }

  /// Asks the server what can be taken back.
  mutating func openUndos() -> [ConsoleEffect] {
    guard link.isConnected else {
      say("no connection to the server", .bad)
      return []
    }
    lastRequest += 1
    return [.listUndos(lastRequest)]
  }

  mutating func received(_ result: Result<[UndoRow], Failure>) {
    switch result {
    case .failure(let failure): say(failure.message, .bad)
    case .success(let rows):
      if rows.isEmpty { return say("nothing can be taken back") }
      let entries = rows.map { row in
        MenuOverlay.Entry(
          title: "\(row.number)  \(row.text), by \(row.who)", key: "\(row.seconds) s",
          choice: .undo(row.number), refusal: orderRefusal)
      }
      overlay = .menu(MenuOverlay(title: "What can be taken back", entries: entries))
    }
  }
}
