/// A render on which a block, or one task of it, failed since its errors were last forgiven (reference/afanasy.md section 3.12):
/// a row of what is told of error hosts.
public struct ErrorHost: Hashable, Sendable {
  public var block: BlockIndex
  /// nil: of the block, whichever of its tasks failed.
  public var task: TaskIndex?
  public var render: RenderID
  /// Name of the render.
  public var name: String
  /// How many, 1 or more.
  public var errors: Int32
  /// Whether the block, or the task, starts nothing there.
  public var isAvoided: Bool
  /// The last of them: since then it is avoided, if it is.
  public var last: Instant
  /// When they are forgiven unless there are more; `never`: not by themselves.
  public var forgiven: Instant

  public init(
    block: BlockIndex, task: TaskIndex?, render: RenderID, name: String, errors: Int32, isAvoided: Bool, last: Instant,
    forgiven: Instant
  ) {
    self.block = block
    self.task = task
    self.render = render
    self.name = name
    self.errors = errors
    self.isAvoided = isAvoided
    self.last = last
    self.forgiven = forgiven
  }
}
