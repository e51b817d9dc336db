import Model

/// The hosts of one multi-host task (reference/afanasy.md section 3.15): gathered one by one, then used together.
struct Party: Sendable {
  enum Stage: Sendable {
    /// Hosts are captured; nothing runs on them.
    case gathering
    /// The slaves' service was started; the master waits a while for it.
    case preparing
    case running
  }

  var stage = Stage.gathering
  /// Runs of its hosts in the order of their capture; places in `Farm.runs`. Without the master's once that runs.
  var hosts: [Int] = []
  /// Of the master; nil: not started.
  var master: Int?
  /// The next moment of waiting.
  var timer: TimerID?
}

/// What a run is to its task.
enum RunRole: UInt8, Sendable {
  /// The task itself.
  case alone
  /// A host that is held: nothing of the task runs there, or not yet.
  case captured
  /// The slaves' service of a multi-host task.
  case slave
  /// The command of a multi-host task.
  case master

  /// Whether its end is the task's.
  var isTask: Bool { self == .alone || self == .master }
}

/// How many hosts a block's tasks want; nil in a block: one, as usual.
struct HostsWanted: Hashable, Sendable {
  var least: Int
  var most: Int
  /// Seconds to wait for more than the least.
  var wait: Int64
  /// Seconds between the slaves' service and the master.
  var serviceWait: Int64
  var service: String
  /// The master runs on a slave, not on a host of its own.
  var masterOnSlave: Bool
  /// The loss of a slave is nothing to the task.
  var ignoresLoss: Bool

  /// nil: not a multi-host block.
  init?(_ spec: BlockSpec) {
    guard spec.flags.contains(.multiHost) else { return nil }
    least = max(1, Int(spec.parameters.multihostMin))
    most = max(least, min(Limits.multihostHosts, Int(spec.parameters.multihostMax)))
    wait = Int64(spec.parameters.multihostMaxWait)
    serviceWait = Int64(spec.parameters.multihostServiceWait)
    service = spec.parameters.multihostService
    masterOnSlave = spec.flags.contains(.masterOnSlave)
    ignoresLoss = spec.flags.contains(.slaveLostIgnore)
    if !masterOnSlave {
      least += 1
      most += 1
    }
  }
}
