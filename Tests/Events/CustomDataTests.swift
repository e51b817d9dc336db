import Model
import Testing

@testable import EventService

@Suite("custom_data of an event (section 6.3)")
struct CustomDataTests {
  private func merged(_ texts: String...) throws -> CustomData {
    var data = CustomData()
    for (number, text) in texts.enumerated() { data.take(.string(text), of: "object \(number + 1)") }
    return data
  }

  @Test(
    "objects are merged key by key, lists are joined, anything else is whoever's comes later",
    arguments: [
      ([#"{"a": 1}"#, #"{"b": 2}"#], #"{"a":1,"b":2}"#),
      ([#"{"a": 1}"#, #"{"a": 2}"#], #"{"a":2}"#),
      ([#"{"a": {"b": 1, "c": 2}}"#, #"{"a": {"c": 3, "d": {"e": 4}}}"#], #"{"a":{"b":1,"c":3,"d":{"e":4}}}"#),
      ([#"{"l": [1, 2]}"#, #"{"l": [2, 3]}"#], #"{"l":[1,2,2,3]}"#),
      ([#"{"a": [1]}"#, #"{"a": {"b": 1}}"#], #"{"a":{"b":1}}"#),
      ([#"{"a": {"b": 1}}"#, #"{"a": null}"#], #"{"a":null}"#),
      ([#"{"-a": 1, "b": {"-c": 2, "d": 3}}"#, #"{"b": {"-d": 4}}"#], #"{"b":{"d":3}}"#),
      (["", "  ", "{}"], "{}"),
    ])
  func merge(_ texts: [String], _ expected: String) throws {
    var data = CustomData()
    for text in texts { data.take(.string(text), of: "somebody") }
    #expect(JSONValue.object(data.merged).text() == expected)
    #expect(data.faults.isEmpty)
  }

  @Test("what is no JSON is left out, with whose it is and where it is wrong, and the rest goes on")
  func malformed() throws {
    let data = try merged(#"{"a": 1}"#, "{\"b\": 1,\n  oops}", "[1]", #"{"c": 3}"#)
    #expect(JSONValue.object(data.merged).text() == #"{"a":1,"c":3}"#)
    #expect(data.faults.count == 2)
    #expect(data.faults.first?.hasPrefix("the custom_data of object 2 is left out, it is not JSON: line 2, column 3: ") == true)
    #expect(data.faults.last == "the custom_data of object 3 is left out: expected an object, found a list")
  }

  @Test("an object is as good as its text")
  func object() {
    var data = CustomData()
    data.take(.object(["emails": .array([.string("a@b")])]), of: "user")
    data.take(nil, of: "job")
    data.take(.null, of: "job")
    #expect(JSONValue.object(data.merged).text() == #"{"emails":["a@b"]}"#)
  }

  @Test("of a render's event: render, pools from the nearest, user, job, as they stand in it")
  func order() throws {
    let event = try EventDocument(
      Array(
        #"""
        {"render": {"name": "r1", "custom_data": "{\"who\": [\"render\"], \"last\": \"render\"}"},
         "pools": [{"name": "/farm/fast", "custom_data": "{\"who\": [\"fast\"]}"}, {"name": "/farm"},
                   {"name": "/", "custom_data": "{\"who\": [\"root\"], oops}"}],
         "user": {"name": "afadmin", "custom_data": {"who": ["user"], "last": "user"}},
         "job": {"name": "afanasy", "custom_data": "{\"who\": [\"job\"]}"},
         "events": ["RENDER_SICK", "RENDER_ZOMBIE"]}
        """#.utf8))
    #expect(event.names == ["RENDER_SICK", "RENDER_ZOMBIE"])
    #expect(JSONValue.object(event.customData.merged).text() == #"{"who":["render","fast","user","job"],"last":"user"}"#)
    #expect(event.customData.faults.count == 1)
    #expect(event.customData.faults.first?.contains(#"pool "/" is left out"#) == true)
  }

  @Test(
    "what is no event is refused with the reason",
    arguments: [
      ("", "nothing came on standard input"), ("[]", "expected an object"), ("{}", "list of names"),
      (#"{"events": []}"#, "list of names"), (#"{"events": "JOB_DONE"}"#, "list of names"), ("{,", "line 1, column 2"),
    ])
  func noEvent(_ text: String, _ why: String) {
    let failure = #expect(throws: Failure.self) { try EventDocument(Array(text.utf8)) }
    #expect(failure?.message.contains(why) == true)
  }
}
