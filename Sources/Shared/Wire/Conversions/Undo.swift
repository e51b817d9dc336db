public import Model

extension WireUndoOffer {
  public init(_ offer: UndoOffer) {
    self.init()
    number = offer.number
    seconds = offer.seconds
    note = offer.note
  }
}

extension UndoOffer {
  public init(_ wire: WireUndoOffer) { self.init(number: wire.number, seconds: max(0, wire.seconds), note: wire.note) }
}

extension WireUndoRow {
  public init(_ row: UndoSummary, now: Instant) {
    self.init()
    number = row.number
    user = row.user
    host = row.host
    time = row.at.microseconds
    seconds = max(0, (row.until - now).seconds)
    text = row.text
  }
}

extension UndoOutcome {
  public init(_ wire: WireUndone) {
    self.init(number: wire.number, text: wire.text, nodes: wire.outcomes.map(NodeOutcome.init))
  }
}
