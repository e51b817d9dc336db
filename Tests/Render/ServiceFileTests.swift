import Foundation
import TestSupport
import Testing

@testable import Render

@Suite struct ServiceFileTests {
  struct Bad: Sendable, CustomTestStringConvertible {
    let text: String
    let error: String
    var testDescription: String { error }
  }

  @Test(
    "what is wrong with a service file is told with its line",
    arguments: [
      Bad(
        text: "",
        error: "x.yaml: is empty (expected a service: name, description, command, environment, success_exit_codes, parser)"),
      Bad(text: "- a\n", error: "x.yaml:1: the file: expected keys and values"),
      Bad(text: "name: y\n", error: "x.yaml:1: name: expected \"x\" as the file is called, found \"y\""),
      Bad(
        text: "name: x\nexit_codes: [0]\n",
        error:
          "x.yaml:2: unknown key \"exit_codes\" (expected one of name, description, command, environment, success_exit_codes, parser)"
      ),
      Bad(
        text: "name: x\nsuccess_exit_codes: [0, 256]\n", error: "x.yaml:2: success_exit_codes[1]: expected a number from 0 to 255"),
      Bad(text: "success_exit_codes: []\n", error: "x.yaml:1: success_exit_codes: expected one at least"),
      Bad(text: "command: ' '\n", error: "x.yaml:1: command: expected a text with @COMMAND@ where the task's command goes"),
      Bad(text: "environment:\n  A=B: c\n", error: "x.yaml:2: environment: \"A=B\" cannot be a variable's name"),
      Bad(text: "environment:\n  A: [c]\n", error: "x.yaml:2: environment.A: expected a text"),
      Bad(
        text: "parser:\n  percent:\n    - '(\\d+)%'\n    - '\\d+%'\n",
        error: "x.yaml:4: parser.percent[1]: expected 1 to 2 groups in ( ), found 0"),
      Bad(text: "parser:\n  colour: 'x'\n", error: "x.yaml:2: parser: unknown key \"colour\""),
      Bad(text: "parser:\n  error: {a: b}\n", error: "x.yaml:2: parser.error: expected a list"),
      Bad(text: "a: b\na: c\n", error: "not YAML: a stands there twice"),
      Bad(text: "name: [\n", error: "not YAML: "),
    ])
  func bad(_ example: Bad) throws {
    let error = #expect(throws: ServiceFileError.self) { try ServiceFile.parse(example.text, file: "x.yaml", name: "x") }
    #expect(try #require(error).description.contains(example.error))
  }

  @Test("an expression that cannot be matched names its line")
  func expression() throws {
    let error = #expect(throws: ServiceFileError.self) {
      try ServiceFile.parse("parser:\n  warning:\n    - 'fine'\n    - '(open'\n", file: "x.yaml", name: "x")
    }
    #expect(error?.line == 4)
    #expect(error?.message.hasPrefix("parser.warning[1]: ") == true)
  }

  @Test("a service file says all that a service is")
  func good() throws {
    let text = """
      name: nuke
      description: Nuke.
      command: "licence -- @COMMAND@"
      environment: {NUKE_PATH: /opt/nuke, EMPTY: ""}
      success_exit_codes: [0, 3]
      parser:
        frame: 'Writing .*\\.(\\d+)\\.exr'
        error: ['[Ll]icen[cs]e', 'Segmentation']
      """
    let service = try ServiceFile.parse(text, file: "nuke.yaml", name: "nuke")
    #expect(service.command == "licence -- @COMMAND@")
    #expect(service.environment == ["NUKE_PATH": "/opt/nuke", "EMPTY": ""])
    #expect(service.successExitCodes == [0, 3])
    #expect(service.rules.map(\.kind) == [.frame, .error, .error])
  }

  @Test("a wrong file takes its own service away and no other")
  func catalog() throws {
    let scratch = try ScratchFolder()
    try scratch.write("name: good\n", to: "good.yaml")
    try scratch.write("nam: bad\n", to: "bad.yaml")
    try scratch.write("name: odd\n", to: "odd name.yaml")
    try scratch.write("nothing", to: "notes.txt")
    let catalog = try ServiceCatalog(folder: scratch.path)
    #expect(catalog.names == ["events", "generic", "good", "postcmd", "wakeonlan"])
    #expect(catalog.faults.keys.sorted() == ["bad", "odd name"])
    #expect(throws: ServiceFileError.self) { try catalog.service("bad") }
    #expect(try catalog.service("good").name == "good")
    #expect(try catalog.service("unheard-of").name == "generic")
  }

  @Test("services are looked for where they were asked for, beside the program, then in the source tree")
  func places() throws {
    let scratch = try ScratchFolder()
    let program = try scratch.folder("prefix/bin") + "/reeve-render"
    #expect(ServiceCatalog.folder(asked: "/somewhere", program: program) == "/somewhere")
    #expect(ServiceCatalog.folder(asked: nil, program: program) == nil)
    let installed = try scratch.folder("prefix/share/reeve/services")
    #expect(ServiceCatalog.folder(asked: nil, program: program) == installed)
    let tree = try scratch.folder("tree/services")
    try scratch.write("", to: "tree/services/generic.yaml")
    try scratch.write("", to: "tree/Package.swift")
    #expect(ServiceCatalog.folder(asked: "", program: scratch.file("tree/.build/debug/reeve-render")) == tree)
  }
}
