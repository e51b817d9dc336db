import ArgumentParser
import Model
import Wire

struct RestartSkippedCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart-skipped", abstract: "Puts skipped tasks back on the queue.")
  static let kind = Operation.Kind.restartSkipped

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
