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
    var masks = Masks(blocks)
    for (index, block) in blocks.enumerated() {
      whole[index] = try masks.resolve(block.dependMask, "depend_mask", index)
      perTask[index] = try masks.resolve(block.tasksDependMask, "tasks_depend_mask", index)
    }
    try refuseCircles(blocks)
  }

  /// Resolves the masks of one job: each different mask once, and within a bound, since who submits chooses both the masks and
  /// the names.
  private struct Masks {
    /// Steps of matching for all masks of a job: a second or so.
    private static let costLimit = 300_000_000

    private let names: [String]
    private let nameBytes: Int
    private var known: [String: [Int]] = [:]
    private var cost = 0

    init(_ blocks: [BlockSpec]) {
      names = blocks.map(\.name)
      nameBytes = names.reduce(0) { $0 + $1.utf8.count + 1 }
    }

    mutating func resolve(_ mask: String, _ key: String, _ index: Int) throws(DocumentError) -> [Int] {
      guard !mask.isEmpty else { return [] }
      let path = "blocks[\(index)].\(key)"
      let matching = try matching(mask, path)
      let others = matching.filter { $0 != index }
      if others.isEmpty {
        throw DocumentError(
          path,
          matching.isEmpty
            ? "\"\(mask)\" matches no block of this job"
            : "the block depends on itself (\"\(mask)\" matches only its own name)")
      }
      return others
    }

    private mutating func matching(_ mask: String, _ path: String) throws(DocumentError) -> [Int] {
      if let found = known[mask] { return found }
      let pattern: Pattern
      do { pattern = try Pattern(mask) } catch { throw DocumentError(path, "\(error)") }
      cost += pattern.stepsPerByte * nameBytes
      guard cost <= Self.costLimit else {
        throw DocumentError(path, "the masks of this job are too costly to match (use plain names, or fewer blocks)")
      }
      let found = names.indices.filter { pattern.matchesWhole(names[$0]) }
      known[mask] = found
      return found
    }
  }

  private func refuseCircles(_ blocks: [BlockSpec]) throws(DocumentError) {
    enum Mark { case new, open, closed }
    var marks = Array(repeating: Mark.new, count: blocks.count)
    let needed = zip(whole, perTask).map { $0 + $1 }
    for root in blocks.indices where marks[root] == .new {
      var path: [(block: Int, next: Int)] = [(root, 0)]
      marks[root] = .open
      while let (block, next) = path.last {
        if next == needed[block].count {
          marks[block] = .closed
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let need = needed[block][next]
        switch marks[need] {
        case .closed: break
        case .new:
          marks[need] = .open
          path.append((need, 0))
        case .open:
          let circle = path.map(\.block).drop { $0 != need }
          var names = circle.prefix(5).map { "\"\(blocks[$0].name)\"" }
          if circle.count > 5 { names.append("\(circle.count - 5) more") }
          names.append("\"\(blocks[need].name)\"")
          let key = whole[block].contains(need) ? "depend_mask" : "tasks_depend_mask"
          throw DocumentError(
            "blocks[\(block)].\(key)", "blocks wait for each other: \(names.joined(separator: " waits for "))")
        }
      }
    }
  }
}
