import ArgumentParser
import Model
import Wire

struct RestartWarningsCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart-warnings", abstract: "Puts the tasks that ended with warnings back on the queue.")
  static let kind = Operation.Kind.restartWarnings

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
