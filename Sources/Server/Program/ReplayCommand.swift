import Model
import Scheduler
import Settings
import Text

/// `reeve-server --replay DIR`: shows a list as it was. Nothing is written, and nothing need run.
enum ReplayCommand {
  /// - Parameters:
  ///   - until: as people write it; nil: the last moment that was taken down.
  ///   - note: gets what keeps a part from being shown.
  /// - Returns: the list.
  static func run(
    _ folder: String, until: String?, _ list: ReplayLists.List, wantsJSON: Bool, settings: Settings, note: (String) -> Void
  ) throws(Failure) -> String {
    let recording = try Recording.open(folder)
    for trouble in recording.troubles { note(trouble) }
    var moment = recording.times.last?.upperBound ?? FarmClock().now
    if let until {
      guard let time = MomentText.parse(until, now: FarmClock().now.microseconds) else {
        throw Failure(.usage, "--until \(until): expected a time as 2026-11-22T03:00:00Z, \"2026-11-22 03:00\" or -2h")
      }
      moment = Instant(microseconds: time)
    }
    return try ReplayLists.text(list, try recording.farm(at: moment, settings: FarmSettings(settings)), wantsJSON: wantsJSON)
  }
}
