import ArgumentParser

/// A subcommand. Its properties are what was asked for, `perform` does it.
protocol FarmCommand: ParsableCommand {
  /// Whether it changes anything on the farm.
  var changesTheFarm: Bool { get }
  /// Why it makes no sense inside another program that has the terminal; nil: it does.
  var inside: String? { get }
  /// The options of every command, with those before the command's name filled in where it gives none itself.
  func options(_ leading: LeadingOptions) -> LeadingOptions
  /// - Returns: the exit code.
  /// - Throws: `Failure`, shown with its code.
  func perform(_ call: Call) async throws -> Int32
}

extension FarmCommand {
  var changesTheFarm: Bool { false }
  var inside: String? { nil }
}

/// A subcommand with all the common options.
protocol GlobalCommand: FarmCommand {
  var global: GlobalOptions { get }
}

extension GlobalCommand {
  func options(_ leading: LeadingOptions) -> LeadingOptions { global.merged(leading) }
}

extension ConnectionOptions {
  func merged(_ leading: LeadingOptions) -> LeadingOptions {
    var merged = leading
    merged.server = server ?? leading.server
    merged.config += config
    merged.wantsJSON = json || leading.wantsJSON
    merged.isSuper = isSuper || leading.isSuper
    return merged
  }
}

extension GlobalOptions {
  func merged(_ leading: LeadingOptions) -> LeadingOptions {
    var merged = connection.merged(leading)
    merged.user = user ?? leading.user
    return merged
  }
}
