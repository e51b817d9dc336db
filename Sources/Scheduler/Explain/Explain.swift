public import Model

extension Farm {
  /// Why something does not run, or why it does; nil when there is no such job, block or task. O(renders).
  public func explain(_ job: JobID, block: BlockIndex? = nil, task: TaskIndex? = nil) -> Explanation? { nil }
}
