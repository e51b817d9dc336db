import ConsoleScreen
import Glibc

exit(WatchCommand.main(arguments: Array(CommandLine.arguments.dropFirst())))
