import ArgumentParser
import Model
import Wire

struct ContinueCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "continue", abstract: "Lets suspended tasks go on.")
  static let kind = Operation.Kind.`continue`

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
