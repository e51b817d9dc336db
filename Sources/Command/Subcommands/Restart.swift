import ArgumentParser
import Model
import Wire

struct RestartCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Puts all tasks back on the queue, done ones too; what runs is stopped first.")
  static let kind = Operation.Kind.restart

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
