import Files
import Model
import Settings
import Testing
import TestSupport

@Suite("settings") struct SettingsTests {
  private func load(
    _ text: String, overrides: [String: String] = [:], environment: [String: String] = [:]
  ) throws -> Settings {
    let scratch = try ScratchFolder()
    let file = try scratch.write(text, to: "config.json")
    let places = Places(environment: ["XDG_CONFIG_HOME": scratch.file("none")], isRoot: false)
    return try Settings.load(files: [file], overrides: overrides, environment: environment, places: places)
  }

  @Test("come from CGRU's layout, bare keys, platform sections; comments and other platforms are passed over")
  func layouts() throws {
    #expect(
      try load(#"{"cgru_config": {"af_serverport": 1234, "-af_serverport": 5, "": "comment"}}"#).integer("af_serverport") == 1234)
    #expect(try load(#"{"af_servername": "farm"}"#).string("af_servername") == "farm")
    #expect(
      try load(#"{"af_priority": 1, "OS_linux": {"af_priority": 2}, "OS_windows": {"af_priority": 3}}"#).integer("af_priority") == 2
    )
    #expect(try load("{}").integer("af_serverport") == 51000)
  }

  @Test("the stronger source wins: file, environment, command line")
  func order() throws {
    let text = #"{"af_priority": 1}"#
    #expect(try load(text, environment: ["REEVE_AF_PRIORITY": "2"]).integer("af_priority") == 2)
    #expect(try load(text, overrides: ["af_priority": "3"], environment: ["REEVE_AF_PRIORITY": "2"]).integer("af_priority") == 3)
  }

  @Test("an included file is weaker than the one that includes it")
  func includes() throws {
    let scratch = try ScratchFolder()
    try scratch.write(#"{"af_priority": 1, "af_serverport": 7}"#, to: "base.json")
    let file = try scratch.write(#"{"include": ["base.json"], "af_priority": 2}"#, to: "config.json")
    let settings = try Settings.load(files: [file], environment: [:], places: Places(environment: [:], isRoot: false))
    #expect(settings.integer("af_priority") == 2 && settings.integer("af_serverport") == 7)
    let circle = try scratch.write(#"{"include": ["circle.json"]}"#, to: "circle.json")
    #expect(throws: SettingsError.self) {
      try Settings.load(files: [circle], environment: [:], places: Places(environment: [:], isRoot: false))
    }
  }

  @Test(
    "a fault names the file, the key and what was expected",
    arguments: [
      (#"{"af_serverprot": 1}"#, "af_serverprot"), (#"{"af_serverport": "x"}"#, "af_serverport: expected a whole number"),
      (#"{"af_serverport": 99999}"#, "out of range"), (#"{"af_enroll": "maybe"}"#, "expected one of"), ("{", "not JSON"),
      ("[]", "expected an object"),
      (#"{"af_servername": 5}"#, "expected a string"),
    ])
  func faults(text: String, expected: String) {
    #expect { try load(text) } throws: { "\($0)".contains(expected) && "\($0)".contains("config.json") }
  }

  @Test("a reload says what changed")
  func changes() throws {
    let changes = try load(#"{"af_priority": 1}"#).changes(to: load(#"{"af_priority": 2}"#))
    #expect(changes.map(\.name) == ["af_priority"] && changes.first?.old == "1" && changes.first?.new == "2")
  }
}
