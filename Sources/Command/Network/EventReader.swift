import Model
import Text
import Wire

/// Follows the events, over restarts of the server: each is seen once.
struct EventReader {
  let call: Call
  /// `job 14`, `render r01`; empty: of all.
  let object: String
  /// Of those that happened before at most so many.
  let last: Int

  /// Up to this number all were seen; nil: nothing was heard yet.
  private var seen: UInt64?
  private var widths: [Int]?

  init(call: Call, object: String, last: Int) {
    self.call = call
    self.object = object
    self.last = last
  }

  /// Ends only by an error, or with the process.
  mutating func run() async throws {
    var retry = Reconnecting(call)
    while true {
      let farm = try await retry.connect()
      farm.subscribe(subscription)
      for await event in farm.events {
        guard case .view(let update) = event else { continue }
        if update.hasFailure {
          await farm.connection.close()
          throw Failure(update.failure)
        }
        show(update)
      }
    }
  }

  private var subscription: WireSubscribe {
    var view = WireEventsView()
    view.object = object
    view.after = seen ?? 0
    // Who has heard that there was nothing yet missed nothing of what is there now.
    view.last = UInt32(clamping: seen == 0 ? Limits.events : last)
    var subscription = WireSubscribe()
    subscription.subscription = 1
    subscription.events = view
    return subscription
  }

  private mutating func show(_ update: WireViewUpdate) {
    if update.eventsLost {
      if call.wantsJSON {
        call.out.write(JSONValue.object(["events_lost": .bool(true)]).text() + "\n")
      } else {
        call.say("events are missing here: there were more than the server keeps")
      }
    }
    seen = max(seen ?? 0, update.eventsSeen)
    if call.wantsJSON {
      if !update.events.isEmpty {
        call.out.write(update.events.map { JSONValue.object(EventPresentation.json($0)).text() + "\n" }.joined())
      }
    } else if !update.events.isEmpty || widths == nil {
      var table = EventPresentation.table(update.events)
      table.minimumWidths = widths ?? []
      call.show(table, header: widths == nil)
      widths = table.widths
    }
  }
}
