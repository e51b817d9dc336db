import ArgumentParser
import Model
import Wire

struct SuspendCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspend", abstract: "Suspends tasks that wait: they are not started until they are continued.")
  static let kind = Operation.Kind.suspend

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
