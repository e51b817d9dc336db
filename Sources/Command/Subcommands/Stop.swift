import ArgumentParser
import Model
import Wire

struct StopCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(commandName: "stop", abstract: "Stops running tasks and pauses the job.")
  static let kind = Operation.Kind.stop

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
