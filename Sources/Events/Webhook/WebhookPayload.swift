import Model

/// What a webhook is told: the event without what is nobody else's business, and a text for services that show one.
struct WebhookPayload: Sendable {
  /// In bytes; a job with thousands of blocks is told without them.
  private static let limit = 256 << 10
  /// They may hold addresses of other hooks, passwords, and who else is told.
  private static let secrets: Set<String> = ["custom_data", "environment", "password"]

  let json: JSONValue

  init(_ event: EventDocument, _ text: EventText) {
    let head: JSONObject = ["text": .string("\(text.subject): \(text.summary)")]
    var whole = head
    for (key, value) in event.root.members where key != "text" { whole[key] = Self.cleaned(value) }
    if JSONValue.object(whole).text().utf8.count > Self.limit, var job = whole["job"]?.object {
      job["blocks"] = nil
      whole["job"] = .object(job)
    }
    if JSONValue.object(whole).text().utf8.count > Self.limit {
      whole = head
      whole["events"] = .array(event.names.map { .string($0) })
    }
    json = .object(whole)
  }

  private static func cleaned(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(JSONObject(object.members.filter { !secrets.contains($0.key) }.map { ($0.key, cleaned($0.value)) }))
    case .array(let list): .array(list.map(cleaned))
    default: value
    }
  }
}
