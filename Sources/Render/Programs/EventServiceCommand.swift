import ArgumentParser
import EventService
import Model

/// `reeve-render event-service`: the event service that is built in.
struct EventServiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render event-service", abstract: "Says what is to be done on an event, as custom_data asks for it.",
    discussion: "Reads the event as JSON on standard input and prints the commands to execute as JSON; see reeve-events(7).")

  @OptionGroup var settings: ProgramSettings

  func run() throws {
    try saying("event-service") { () throws(Failure) in
      let settings = try self.settings.load()
      let planner = EventPlanner(
        program: OwnProgram.path, programOptions: self.settings.words, folder: settings.folder, senderHost: settings.senderHost)
      let plan = planner.plan(try EventDocument(Input.read(limit: EventDocument.limit)))
      for note in plan.notes { Say.write("note: \(Say.line(of: note))\n", to: 2) }
      Say.line(plan.answer.text())
    }
  }
}
