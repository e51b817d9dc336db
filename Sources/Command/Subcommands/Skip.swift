import ArgumentParser
import Model
import Wire

struct SkipCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "skip", abstract: "Skips tasks that are not done: they count as done without being run.")
  static let kind = Operation.Kind.skip

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
