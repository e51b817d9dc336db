public import Model

extension Farm {
  /// Why something does not run, or why it does; nil when there is no such job, block or task. O(renders).
  public func explain(_ job: JobID, block: BlockIndex? = nil, task: TaskIndex? = nil) -> Explanation? { nil }

  /// When the jobs that are not done are expected to be, by running a copy of the farm ahead.
  ///
  /// - Parameters:
  ///   - starts: how many starts of tasks are simulated at most; what is not done then has no moment.
  public func forecasts(starts: Int = 200_000) -> [Forecast] { [] }
}
