import ArgumentParser
import Wire

/// The root of the commands. It takes no options of its own: what stands before a command's name is read by `LeadingOptions`, since
/// the parser would give the root every option of that name, `jobs --user` too.
struct Reeve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve",
    abstract: "Submits jobs to a render farm, lists what is on it, and acts on it.",
    usage: "reeve [--server HOST:PORT] [--json] [--user NAME] [--super] COMMAND …",
    discussion: """
      Every command takes these options, before or after its name:
        --server HOST:PORT  the server (default: REEVE_SERVER, else configured)
        --json              one JSON document with Afanasy's keys, not text
        --user NAME         acts as this user (default: REEVE_USER, else yourself)
        --super             acts with the rights of a super user or an
                            administrator: asks for the password, or reads
                            it from the file that REEVE_PASSWORD_FILE names
        --config FILE       reads settings from this file too; may be repeated

      JOB is a job's number or its name; with --mask RE, all jobs whose whole name the regular expression matches.

      Exit codes: 0 done; 1 the operation failed; 2 usage; 3 no server could be reached; 4 not permitted; 5 no such thing; 6 time-out.
      """,
    version: "reeve \(ProtocolVersion.program)",
    groupedSubcommands: [
      CommandGroup(name: "Submitting", subcommands: [SubmitCommand.self, RunCommand.self, AppendCommand.self]),
      CommandGroup(
        name: "Looking",
        subcommands: [
          JobsCommand.self, JobCommand.self, TasksCommand.self, LogCommand.self, WaitCommand.self, RendersCommand.self,
          RenderCommand.self, PoolsCommand.self, PoolCommand.self, BranchesCommand.self, BranchCommand.self, UsersCommand.self,
          UserCommand.self, ExplainCommand.self, ErrorHostsCommand.self, WhatIfCommand.self, JournalCommand.self,
          EventsCommand.self,
          SysJobCommand.self,
        ]),
      CommandGroup(
        name: "Acting",
        subcommands: [
          StartCommand.self, PauseCommand.self, StopCommand.self, RestartCommand.self, RestartErrorsCommand.self,
          RestartRunningCommand.self, RestartSkippedCommand.self, RestartDoneCommand.self, RestartWarningsCommand.self,
          RestartPauseCommand.self, SkipCommand.self, DoneCommand.self, SuspendCommand.self, ContinueCommand.self,
          TryNextCommand.self, NotTryNextCommand.self, DeleteCommand.self, ResetErrorHostsCommand.self, SetCommand.self,
          RenderDoCommand.self, UndoCommand.self,
        ]),
      CommandGroup(name: "Other", subcommands: [BackupCommand.self, RestoreCommand.self, CompletionsCommand.self]),
    ])

  /// Of all commands.
  static var names: [String] { configuration.subcommands.map { $0._commandName } }
}
