public import Model

extension WireErrorHostRow {
  public init(_ row: ErrorHost) {
    self.init()
    block = UInt32(row.block.value)
    task = row.task.map { Int64($0.value) } ?? -1
    render = row.render.value
    name = row.name
    errors = row.errors
    avoided = row.isAvoided
    last = row.last.microseconds
    forgiven = row.forgiven.microseconds
  }
}

extension ErrorHost {
  public init(_ wire: WireErrorHostRow) {
    self.init(
      block: BlockIndex(UInt16(truncatingIfNeeded: wire.block)), task: UInt32(exactly: wire.task).map { TaskIndex($0) },
      render: RenderID(wire.render), name: wire.name, errors: wire.errors, isAvoided: wire.avoided,
      last: Instant(microseconds: wire.last), forgiven: Instant(microseconds: wire.forgiven))
  }
}
