import ArgumentParser

/// Figures with a release build, each beside something bare that was measured in the same run: the machine may be shared and noisy,
/// ratios are what counts.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-bench", abstract: "Measures Reeve beside bare loops in the same run.",
    subcommands: [
      Drain.self, Spawn.self, Solve.self, Scale.self, Listed.self, Connections.self, Vanish.self, Start.self, Watch.self,
      BareTLS.self,
    ])
}
