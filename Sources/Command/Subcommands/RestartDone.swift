import ArgumentParser
import Model
import Wire

struct RestartDoneCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart-done", abstract: "Puts the tasks that are done back on the queue.")
  static let kind = Operation.Kind.restartDone

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
