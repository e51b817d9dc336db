import Model
import Text
import Wire

/// Orders that can be taken back.
enum UndoPresentation {
  /// What stands behind the outcomes of an order; nil: nothing.
  static func line(_ offers: [UndoOffer]) -> String? {
    var said: [String] = []
    let numbers = offers.filter { $0.number > 0 }
    if let first = numbers.first {
      let commands = numbers.map { "reeve undo \($0.number)" }.joined(separator: ", ")
      said.append("\(commands) \(numbers.count == 1 ? "takes" : "take") it back within \(first.seconds) s")
    }
    for note in offers.map(\.note) where !note.isEmpty && !said.contains(note) { said.append(Sanitize.line(note)) }
    return said.isEmpty ? nil : said.joined(separator: "; ")
  }

  /// An answer as a document, with `undo` when there is something to say of it.
  static func adding(_ offers: [UndoOffer?], to document: JSONValue) -> JSONValue {
    let offers = offers.compactMap { $0 }
    guard var object = document.object, !offers.isEmpty else { return document }
    object["undo"] = .array(
      offers.map { offer in
        if offer.number == 0 { return .object(["number": .null, "note": .string(offer.note)]) }
        return .object(["number": .integer(Int64(clamping: offer.number)), "seconds": .integer(offer.seconds)])
      })
    return .object(object)
  }

  static func table(_ rows: [WireUndoRow], time: (Instant) -> String = Cells.local) -> Table {
    var table = Table([
      .init("UNDO", .right), .init("TIME", dropRank: 1), .init("WHO", minimum: 8), .init("LEFT", .right),
      .init("ORDER", minimum: 20),
    ])
    for row in rows {
      table.add([
        .init("\(row.number)"), .init(time(Instant(microseconds: row.time))), .init("\(row.user)@\(row.host)"),
        .init("\(row.seconds) s"), .init(row.text),
      ])
    }
    return table
  }

  static func json(_ row: WireUndoRow) -> JSONObject {
    [
      "number": .integer(Int64(clamping: row.number)), "time": Cells.time(Instant(microseconds: row.time)),
      "user_name": .string(row.user), "host_name": .string(row.host), "seconds": .integer(row.seconds), "order": .string(row.text),
    ]
  }

  static func json(_ outcome: UndoOutcome) -> JSONValue {
    var object = NodePresentation.json(outcome.nodes).object ?? JSONObject()
    object["number"] = .integer(Int64(clamping: outcome.number))
    object["order"] = .string(outcome.text)
    return .object(object)
  }
}
