import ArgumentParser
import Model
import Wire

struct PauseCommand: JobOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Pauses jobs: what runs goes on, nothing new is started.")
  static let kind = Operation.Kind.pause

  @OptionGroup var target: JobTargets
  @OptionGroup var global: GlobalOptions
}
