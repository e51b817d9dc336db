import ArgumentParser
import Model
import Wire

struct DoneCommand: TaskOperationCommand {
  static let configuration = CommandConfiguration(
    commandName: "done", abstract: "Takes tasks for done without running them; what runs is stopped.")
  static let kind = Operation.Kind.done

  @OptionGroup var target: TaskTargets
  @OptionGroup var global: GlobalOptions
}
