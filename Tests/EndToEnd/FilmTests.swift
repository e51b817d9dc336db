import Foundation
import Testing
import TestSupport

@Suite("the example film") struct FilmTests {
  /// The project's folder: Tests/EndToEnd/FilmTests.swift is three levels down.
  private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test("renders with POV-Ray through ten kills of the server, each frame once, and assembles its contact sheet")
  func film() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("film")
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.project + "/examples/povray") {
      try FileManager.default.copyItem(atPath: "\(Self.project)/examples/povray/\(name)", toPath: "\(folder)/\(name)")
    }
    // A povray before the real one on the path, which notes each start.
    let tools = try scratch.folder("tools")
    try scratch.write(
      "#!/bin/sh\necho \"$@\" >> \(scratch.file("starts"))\nexec /usr/bin/povray \"$@\"\n", to: "tools/povray", mode: 0o755)
    let path = tools + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    let farm = try TestFarm(scratch: scratch, environment: ["PATH": path])
    for name in ["r1", "r2", "r3"] { try farm.startRender(name, ["--services", Self.project + "/services"]) }
    let document = try String(contentsOfFile: Self.project + "/examples/povray.json", encoding: .utf8)
      .replacingOccurrences(of: "@PICTURES@", with: folder).replacingOccurrences(of: "@SCENES@", with: folder)
    let id = try farm.mustReeve(["submit", "-"], input: document)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<10 {
      poll(nil, 0, Int32.random(in: 100...1500, using: &random))
      try farm.killServer()
      try farm.restartServer()
    }
    let wait = try farm.reeve(["wait", id, "--timeout", "900"], limit: 960)
    let tasks = try farm.reeve(["tasks", id]).output
    #expect(wait.status == 0, "\(wait.errors)\n\(tasks)")
    let starts = (scratch.read("starts") ?? "").split(separator: "\n")
    #expect(starts.count == 24, "\(starts)")
    let pictures = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".png") }
    #expect(pictures.count == 25, "\(pictures)")
    for picture in pictures {
      let bytes = FileManager.default.contents(atPath: "\(folder)/\(picture)") ?? Data()
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && bytes.count > 1000, "\(picture)")
    }
  }
}
