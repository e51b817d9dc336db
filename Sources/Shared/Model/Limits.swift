/// Every bound of what comes from outside, in one place.
public enum Limits {
  /// A native frame, in bytes, either direction.
  public static let frameBytes = 16 << 20
  /// A submitted document, in bytes.
  public static let documentBytes = 256 << 20
  /// A portion of a document that is too long for one frame, in bytes.
  public static let documentPart = 4 << 20
  public static let jsonDepth = 32
  public static let blocksPerJob = 1_000
  public static let tasksPerBlock = 10_000_000
  public static let tasksPerJob = 20_000_000
  public static let nameBytes = 512
  public static let commandBytes = 64 << 10
  public static let textBytes = 64 << 10
  public static let environmentEntries = 1_000
  public static let filesPerBlock = 1_000
  /// Renders that one server knows.
  public static let renders = 100_000
  /// Tasks at once on one render.
  public static let tasksPerRender = 1_000
  public static let capacity = 1_000_000_000
  /// Afanasy's default priority; 0 means never.
  public static let defaultPriority: UInt8 = 99
  /// One portion of output on the wire, in bytes.
  public static let outputPortion = 64 << 10
  /// Output of one run that is kept: the first half and the last half of it, in bytes (section 1.1).
  public static let outputKept = 1 << 20
  /// Outputs of earlier runs of one task that are kept.
  public static let outputRuns = 10
  /// Rows in one page of a list, and in one window of a view.
  public static let rowsPerPage = 5_000
  public static let rowsPerWindow = 1_000
  /// Rows of a list that one order hits at most.
  public static let selectedRows = 100_000
  public static let subscriptionsPerConnection = 32
  public static let patternBytes = 4_096
  /// Pools, and branches, of one farm.
  public static let pools = 10_000
  public static let branches = 10_000
  public static let users = 10_000
  /// Branches, or pools, that one view has closed.
  public static let closedNodes = 1_000
  /// Lines of the journal that are kept of each job, render, pool…
  public static let journalEntries = 100
  /// Memory of the commands of one block of the system job that wait, in bytes.
  public static let systemQueueBytes = 256 << 20
  /// Lines of the server's own log, and of the journal, that it holds in memory for screens to follow.
  public static let serverLines = 2_000
  public static let journalRows = 5_000
  /// Bytes of the text of one of them: what is longer is cut, there only.
  public static let feedTextBytes = 1_000
  /// Events that are kept for people to look at.
  public static let events = 10_000
  /// What is kept of all orders that can still be undone: orders, nodes that they changed, tasks, and 64 bytes of a value each count
  /// one. An order that does not fit says in its answer that it cannot be undone.
  public static let undoParts = 1_000_000
  /// Hosts of a multi-host task.
  public static let multihostHosts = 100
  /// Different tickets of a pool, a render or a block.
  public static let tickets = 100
}
