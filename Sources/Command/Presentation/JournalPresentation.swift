import Model
import Text

/// Who changed what.
enum JournalPresentation {
  /// - Parameter withObject: false: all lines are of one.
  static func table(_ rows: [JournalEntry], withObject: Bool, time: (Instant) -> String = Cells.local) -> Table {
    var columns: [Table.Column] = [.init("TIME", dropRank: 2), .init("WHO", minimum: 8), .init("WHAT", minimum: 8)]
    if withObject { columns.append(.init("NODE", minimum: 8)) }
    columns.append(.init("CHANGE", minimum: 20))
    var table = Table(columns)
    for row in rows {
      var cells: [Table.Cell] = [.init(time(row.time)), .init(row.subject), .init(row.type)]
      if withObject { cells.append(.init(row.object)) }
      cells.append(.init(row.info))
      table.add(cells)
    }
    return table
  }

  /// Keys of section 2.6.
  static func json(_ row: JournalEntry) -> JSONObject {
    [
      "number": .integer(Int64(clamping: row.number)), "time": Cells.time(row.time), "subject": .string(row.subject),
      "type": .string(row.type), "object": .string(row.object), "info": .string(row.info),
    ]
  }
}
