import Command
import Glibc

exit(await ReeveCommand.run(arguments: Array(CommandLine.arguments.dropFirst())))
