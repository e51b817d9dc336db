/// Which blocks of a job wait for which (section 3.11): the masks of `depend_mask` and `tasks_depend_mask`, resolved once.
public struct BlockDependencies: Sendable {
  /// For each block, the blocks that must be wholly done first, ascending.
  public private(set) var whole: [[Int]]
  /// For each block, the blocks of which it needs the same frames, ascending.
  public private(set) var perTask: [[Int]]

  /// - Throws: `DocumentError` when a mask does not compile, matches no block or the block itself only, or when blocks wait for
  ///   each other in a circle.
  public init(_ blocks: [BlockSpec]) throws(DocumentError) {
    whole = Array(repeating: [], count: blocks.count)
    perTask = whole
    for (index, block) in blocks.enumerated() {
      whole[index] = try Self.resolve(block.dependMask, "depend_mask", index, blocks)
      perTask[index] = try Self.resolve(block.tasksDependMask, "tasks_depend_mask", index, blocks)
    }
    try refuseCircles(blocks)
  }

  private static func resolve(
    _ mask: String, _ key: String, _ index: Int, _ blocks: [BlockSpec]
  ) throws(DocumentError) -> [Int] {
    guard !mask.isEmpty else { return [] }
    let path = "blocks[\(index)].\(key)"
    let pattern: Pattern
    do { pattern = try Pattern(mask) } catch { throw DocumentError(path, "\(error)") }
    let matching = blocks.indices.filter { pattern.matchesWhole(blocks[$0].name) }
    let others = matching.filter { $0 != index }
    if others.isEmpty {
      throw DocumentError(
        path,
        matching.isEmpty ? "\"\(mask)\" matches no block of this job" : "the block depends on itself (\"\(mask)\" matches only its own name)")
    }
    return others
  }

  private func refuseCircles(_ blocks: [BlockSpec]) throws(DocumentError) {
    enum Mark { case new, open, closed }
    var marks = Array(repeating: Mark.new, count: blocks.count)
    for root in blocks.indices where marks[root] == .new {
      var path: [(block: Int, next: Int)] = [(root, 0)]
      marks[root] = .open
      while let (block, next) = path.last {
        let needs = whole[block] + perTask[block]
        if next == needs.count {
          marks[block] = .closed
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let need = needs[next]
        switch marks[need] {
        case .closed: break
        case .new:
          marks[need] = .open
          path.append((need, 0))
        case .open:
          let circle = path.map(\.block).drop { $0 != need } + [need]
          let key = whole[block].contains(need) ? "depend_mask" : "tasks_depend_mask"
          throw DocumentError(
            "blocks[\(block)].\(key)", "blocks wait for each other: \(circle.map { "\"\(blocks[$0].name)\"" }.joined(separator: " waits for "))")
        }
      }
    }
  }
}
