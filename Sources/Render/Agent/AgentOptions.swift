import Identity
import Model
import Wire

/// What an agent was told at its start.
struct AgentOptions: Sendable {
  var server: ServerAddress
  var name: String
  var user: String
  var folder: KeeperFolder
  /// 0 here and in the next: as its pool says.
  var capacity: Int32 = 0
  var maxTasks: Int32 = 0
  /// nimby, NIMBY, or neither.
  var nimby: RenderState = []
  var isEjecting = false
  var knownServers: KnownServers
  /// Path of this program: what the keeper is started from.
  var program: String
  var graceMilliseconds: UInt32 = 10_000
  /// In the file system whose space is told.
  var diskPath = "/"
  /// Puts the machine to sleep; see `Agent+Sleep.swift`.
  var sleepCommand = "wolsleep"
  var shell = Shell.standard
}
