import Model
import Scheduler

/// What a run holds, as a store and an archive keep it: `{"capacity": 1000, "tickets": {"NUKE": 1}}`.
extension RunHold {
  var text: String {
    let tickets = JSONObject(tickets.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.integer(Int64($0.value))) })
    return JSONValue.object(["capacity": .integer(Int64(capacity)), "tickets": .object(tickets)]).text()
  }

  /// nil: this is no such text.
  init?(text: String) {
    guard let object = (try? JSONParser.parse(text))?.object, case .integer(let capacity)? = object["capacity"],
      let capacity = Int32(exactly: capacity), let members = object["tickets"]?.object?.members
    else { return nil }
    self.init(capacity: capacity, tickets: [:])
    for (name, value) in members {
      guard case .integer(let count) = value, let count = Int32(exactly: count) else { return nil }
      tickets[name] = count
    }
  }
}

extension SQLiteRow {
  /// nil for NULL.
  func hold(_ column: Int32) throws(StoreFailure) -> RunHold? {
    if isNull(column) { return nil }
    guard let hold = RunHold(text: try text(column)) else {
      throw StoreFailure(.damaged, "what a run holds is not a JSON object with \"capacity\" and \"tickets\"")
    }
    return hold
  }
}
