import ArgumentParser
import Model
import Wire

struct RestartPauseCommand: JobOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart-pause", abstract: "Puts all tasks back on the queue and pauses the job.")
  static let kind = Operation.Kind.restartPause

  @OptionGroup var target: JobTargets
  @OptionGroup var global: GlobalOptions
}
