import ArgumentParser
import Model

struct CompletionsCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Prints what a shell needs to complete the words of reeve.",
    discussion: """
      bash: reeve completions bash > /etc/bash_completion.d/reeve
      zsh:  reeve completions zsh > "${fpath[1]}/_reeve"
      fish: reeve completions fish > ~/.config/fish/completions/reeve.fish
      """)

  @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"), completion: .list(["bash", "zsh", "fish"]))
  var shell: String

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if CompletionShell(rawValue: shell) == nil {
      throw ValidationError("\"\(shell)\" is no shell known here (expected bash, zsh or fish)")
    }
  }

  var inside: String? { "it is for a shell" }

  func perform(_ call: Call) async throws -> Int32 {
    guard let shell = CompletionShell(rawValue: shell) else { return 2 }
    call.out.write(Reeve.completionScript(for: shell))
    return 0
  }
}
