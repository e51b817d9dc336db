import Model
import Text
import Wire

/// When jobs will be done, and how that moves.
enum ForecastPresentation {
  /// `2026-11-22 14:03, between 13:40 and 15:10`, or why nobody knows.
  static func text(_ forecast: Forecast, now: Instant, time: (Instant) -> String = Cells.local) -> String {
    guard forecast.likely != .never else { return forecast.reason.isEmpty ? "not known" : "not known: \(forecast.reason)" }
    var text = "\(time(forecast.likely)) (in \(Format.duration(seconds: max(0, (forecast.likely - now).seconds))))"
    if forecast.early != .never {
      let (early, late) = (time(forecast.early), forecast.late == .never ? "" : time(forecast.late))
      if late.isEmpty {
        text += ", \(early) at the earliest"
      } else if early != late {
        text += ", between \(early) and \(late)"
      }
    }
    return text
  }

  static func json(_ forecast: Forecast) -> JSONObject {
    [
      "likely": Cells.time(forecast.likely), "early": Cells.time(forecast.early), "late": Cells.time(forecast.late),
      "reason": .string(forecast.reason),
    ]
  }

  // MARK: What if

  static func table(_ rows: [WireWhatIfRow], time: (Instant) -> String = Cells.local) -> Table {
    var table = Table([
      .init("JOB", .right), .init("NAME", minimum: 12), .init("USER", minimum: 6, dropRank: 2), .init("BEFORE", dropRank: 1),
      .init("AFTER"), .init("CHANGE", .right),
    ])
    for row in rows {
      let (before, after) = (Forecast(row.before), Forecast(row.after))
      let change = change(before, after)
      table.add([
        .init("\(row.job)"), .init(row.name), .init(row.user), .init(moment(before, time)), .init(moment(after, time)),
        .init(change.text, change.isLater.map { $0 ? .warning : .done }),
      ])
    }
    return table
  }

  private static func moment(_ forecast: Forecast, _ time: (Instant) -> String) -> String {
    forecast.likely == .never ? "not known" : time(forecast.likely)
  }

  /// `12m05s earlier`; `-` for none.
  static func change(_ before: Forecast, _ after: Forecast) -> (text: String, isLater: Bool?) {
    switch (before.likely, after.likely) {
    case (.never, .never): return ("-", nil)
    case (.never, _): return ("will be done", false)
    case (_, .never): return ("not done any more", true)
    case (let before, let after):
      let seconds = (after - before).seconds
      if seconds == 0 { return ("-", nil) }
      return ("\(Format.duration(seconds: abs(seconds))) \(seconds < 0 ? "earlier" : "later")", seconds > 0)
    }
  }

  /// Whether the job's end moves by a second or more.
  static func moves(_ row: WireWhatIfRow) -> Bool { change(Forecast(row.before), Forecast(row.after)).isLater != nil }

  static func json(_ row: WireWhatIfRow) -> JSONObject {
    let (before, after) = (Forecast(row.before), Forecast(row.after))
    let isKnown = before.likely != .never && after.likely != .never
    return [
      "id": .integer(Int64(row.job)), "name": .string(row.name), "user_name": .string(row.user),
      "before": .object(json(before)), "after": .object(json(after)),
      "change_seconds": isKnown ? .integer((after.likely - before.likely).seconds) : .null,
    ]
  }
}
