import Model
import Text
import Wire

/// What has happened on the farm. Names that this program does not know are shown as they are.
enum EventPresentation {
  static func table(_ rows: [WireEventRow], time: (Instant) -> String = Cells.local) -> Table {
    var table = Table([
      .init("TIME", dropRank: 2), .init("EVENT"), .init("NODE", minimum: 8), .init("USER", minimum: 6, dropRank: 3),
      .init("SENT", dropRank: 4), .init("WHAT", minimum: 20, dropRank: 1),
    ])
    for row in rows {
      table.add([
        .init(time(Instant(microseconds: row.time))), .init(row.name, colour(row.name)), .init(row.object), .init(row.user),
        .init(row.sent ? "yes" : "-"), .init(row.info),
      ])
    }
    return table
  }

  private static func colour(_ name: String) -> Colour? {
    switch EventName(rawValue: name) {
    case .jobDone: .done
    case .jobError, .renderSick, .renderOverload, .renderWakeFailed: .error
    case .renderZombie: .off
    case .jobCreated, .jobDeleted, .renderNoTask, nil: nil
    }
  }

  static func json(_ row: WireEventRow) -> JSONObject {
    [
      "number": .integer(Int64(clamping: row.number)), "time": Cells.time(Instant(microseconds: row.time)),
      "name": .string(row.name),
      "object": .string(row.object), "user": .string(row.user), "info": .string(row.info), "sent": .bool(row.sent),
    ]
  }
}
