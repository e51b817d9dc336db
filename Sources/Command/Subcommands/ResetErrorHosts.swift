import ArgumentParser
import Model
import Wire

struct ResetErrorHostsCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset-error-hosts", abstract: "Forgets which renders tasks failed on.")
  static let kind = Operation.Kind.resetErrorHosts

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
