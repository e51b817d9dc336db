import ArgumentParser
import Model
import Wire

struct RestartRunningCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart-running", abstract: "Stops the tasks that run and puts them back on the queue.")
  static let kind = Operation.Kind.restartRunning

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
