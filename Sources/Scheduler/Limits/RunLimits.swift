import Model

/// How long a run may take and how long it may stand still (reference/afanasy.md section 3.14). In seconds; 0: no limit.
struct RunLimits: Sendable, Hashable {
  var most: Int32
  var least: Int32
  /// Without a change of its progress; -1: as the farm's settings say.
  var standstill: Int32

  init(_ parameters: BlockParameters) {
    most = parameters.taskMaxRunTime
    least = parameters.taskMinRunTime
    standstill = parameters.taskProgressChangeTimeout
  }
}
