import ArgumentParser
import Model
import Wire

struct TryNextCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "try-next", abstract: "Has tasks tried before all others of their job.")
  static let kind = Operation.Kind.tryNext

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
