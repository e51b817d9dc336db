import ArgumentParser
import Model
import Wire

struct StartCommand: JobOperationCommand {
  static let configuration = CommandConfiguration(commandName: "start", abstract: "Starts paused jobs.")
  static let kind = Operation.Kind.start

  @OptionGroup var target: JobTargets
  @OptionGroup var global: GlobalOptions
}
