import EventService
import Foundation
import TestSupport
import Testing

@Suite("the work of an event's task") struct EventRunTests {
  /// What comes of the commands of a service, each of which is one of these programs.
  private func outcome(_ programs: [String]) throws -> (outcome: EventRun.Outcome, said: [String]) {
    let scratch = try ScratchFolder()
    let commands = programs.map { #"{"method": "\#($0)", "arguments": ["\#($0)"]}"# }.joined(separator: ",")
    let service = scratch.file("events_local")
    try "#!/bin/sh\ncat >/dev/null\necho '{\"commands\": [\(commands)]}'\n".write(
      toFile: service, atomically: true, encoding: .utf8)
    #expect(chmod(service, 0o755) == 0)
    var said: [String] = []
    let run = EventRun(
      service: "events_local", program: "/nowhere", programOptions: [], folder: scratch.path,
      environment: ProcessInfo.processInfo.environment, timeoutSeconds: 600, say: { said.append($0) })
    let event = #"{"user": {"name": "ann"}, "job": {"name": "film"}, "events": ["JOB_DONE"]}"#
    return (try run.run(Array(event.utf8)), said)
  }

  @Test("is tried again only when nothing of it was done: nobody gets a message twice since another could not be sent")
  func partly() throws {
    #expect(try outcome(["true", "true"]).outcome == .done)
    #expect(try outcome(["false", "false"]).outcome == .failed)
    let mixed = try outcome(["true", "false", "true"])
    #expect(mixed.outcome == .partly)
    // What comes after a failure is done nevertheless.
    #expect(mixed.said.count { $0 == "true: done" } == 2)
    #expect(try outcome([]).outcome == .nothingToDo)
  }
}
