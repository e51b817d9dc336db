import ArgumentParser

/// Where the server is and how answers look: of every command.
struct ConnectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The server (default: REEVE_SERVER, the configuration, localhost:51000).", valueName: "host:port"))
  var server: String?

  @Flag(help: "One JSON document with Afanasy's keys instead of text; errors as JSON too.")
  var json = false

  @Flag(
    name: .customLong("super"),
    help:
      "Asks for the password of super users or administrators, or reads it from REEVE_PASSWORD_FILE, and acts with their rights.")
  var isSuper = false

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Reads settings from this file too; may be repeated.", valueName: "file"), completion: .file())
  var config: [String] = []
}

/// The options of every command but those where `--user` means something else.
struct GlobalOptions: ParsableArguments {
  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Acts as this user (default: REEVE_USER, the login name).", valueName: "name"))
  var user: String?
}
