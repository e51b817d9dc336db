import Model

/// Somebody's `custom_data`: JSON that says, among other things, which events are wanted and how.
struct CustomData: Sendable {
  /// `the job`, `pool /farm`…
  var whose: String
  var text: String

  /// Where it is not what it should be; nil: nowhere. The event service is given it as it is.
  var fault: String? { Self.fault(text).map { "custom_data of \(whose): \($0)" } }

  static func fault(_ text: String) -> String? {
    if text.isEmpty { return nil }
    do throws(JSONSyntaxError) {
      let value = try JSONParser.parse(text)
      return value.object == nil ? "expected an object, found \(value.typeName)" : nil
    } catch {
      return "\(error)"
    }
  }
}

extension Farm {
  private func said(_ whose: String, _ other: JSONObject) -> [CustomData] {
    guard let text = other["custom_data"]?.string, !text.isEmpty else { return [] }
    return [CustomData(whose: whose, text: text)]
  }

  private func said(user name: String) -> [CustomData] {
    peoplePlaces[name].map { said("user \(name)", people[$0].parameters.other) } ?? []
  }

  /// All that may want a job's events; none: nobody does.
  func customData(ofJob job: Int) -> [CustomData] {
    said("the job", jobs[job].spec.other) + said(user: jobs[job].spec.user)
  }

  /// All that may want a render's events.
  func customData(ofRender render: Int) -> [CustomData] {
    var found = said("the render", renders[render].parameters.other)
    for pool in chain(renders[render].pool) { found += said("pool \(pools[pool].path)", pools[pool].parameters.other) }
    found += said(user: SystemJob.user)
    if let job = jobPlaces[.system] { found += said("the system job", jobs[job].spec.other) }
    return found
  }

  /// What a submitter is told: events will not be understood where the JSON is wrong.
  func customDataFaults(of spec: JobSpec) -> [String] {
    func fault(_ other: JSONObject, _ path: String) -> String? {
      CustomData.fault(other["custom_data"]?.string ?? "").map { "\(path): no JSON that a service can use: \($0)" }
    }
    var found = [fault(spec.other, "custom_data")].compactMap(\.self)
    for (index, block) in spec.blocks.enumerated() where found.count < 10 {
      if let text = fault(block.other, "blocks[\(index)].custom_data") { found.append(text) }
    }
    if let user = peoplePlaces[spec.user], let text = fault(people[user].parameters.other, "custom_data of user \(spec.user)") {
      found.append(text)
    }
    return found
  }
}
