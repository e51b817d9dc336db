import ArgumentParser
import Model
import Wire

struct RestartErrorsCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart-errors", abstract: "Puts the tasks that failed back on the queue.")
  static let kind = Operation.Kind.restartErrors

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
