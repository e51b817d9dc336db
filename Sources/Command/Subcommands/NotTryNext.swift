import ArgumentParser
import Model
import Wire

struct NotTryNextCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "not-try-next", abstract: "Takes that back.")
  static let kind = Operation.Kind.notTryNext

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
