/// The tasks of a listed block, close together: their text in UTF-8 with the lengths of its parts, and where each task begins.
///
/// Beside its own text a task takes some ten bytes: eight for its place, one or two for each length. Tasks lie in pieces of
/// `pieceTasks`, so that a list that others hold too is never copied whole when tasks are appended or edited. A task is decoded
/// when it is asked for.
public struct TaskList: Sendable, Hashable {
  /// Tasks in each piece but the last.
  static let pieceTasks = 4096

  /// Records one behind the other.
  struct Piece: Sendable, Hashable {
    var text: [UInt8] = []
    /// Where each record begins in `text`.
    var starts: [Int] = []

    /// Equal text is equal tasks: a task has one way to be written.
    static func == (a: Piece, b: Piece) -> Bool { a.starts.count == b.starts.count && a.text == b.text }
    func hash(into hasher: inout Hasher) { text.withUnsafeBytes { hasher.combine(bytes: $0) } }

    func range(_ index: Int) -> Range<Int> {
      starts[index]..<(index + 1 < starts.count ? starts[index + 1] : text.count)
    }
    /// The same without room to grow.
    var trimmed: Piece {
      func exact<T>(_ array: [T]) -> [T] {
        if array.capacity - array.count < array.count / 16 + 16 { return array }
        return Array(unsafeUninitializedCapacity: array.count) { buffer, count in
          count = buffer.initialize(fromContentsOf: array)
        }
      }
      return Piece(text: exact(text), starts: exact(starts))
    }
  }

  private(set) var pieces: [Piece] = []
  public private(set) var count = 0

  public init() {}
  public init(_ tasks: some Sequence<TaskSpec>) {
    for task in tasks { append(task) }
    trim()
  }

  /// Bytes of text in all, lengths and places included.
  public var bytes: Int { pieces.reduce(0) { $0 + $1.text.count + $1.starts.count * MemoryLayout<Int>.stride } }

  // MARK: Growing

  public mutating func append(_ task: TaskSpec) {
    write { TaskRecord.write(task, into: &$0) }
  }

  public mutating func append(contentsOf tasks: some Sequence<TaskSpec>) {
    for task in tasks { append(task) }
  }

  public mutating func append(contentsOf tasks: TaskList) {
    for index in tasks.indices {
      let piece = tasks.pieces[index / Self.pieceTasks]
      let range = piece.range(index % Self.pieceTasks)
      write { $0 += piece.text[range] }
    }
  }

  /// Adds one record.
  mutating func write(_ record: (inout [UInt8]) -> Void) {
    if count == pieces.count * Self.pieceTasks {
      // The piece that is full now has more room than it needs.
      if let last = pieces.indices.last { pieces[last] = pieces[last].trimmed }
      pieces.append(Piece())
    }
    let last = pieces.count - 1
    pieces[last].starts.append(pieces[last].text.count)
    record(&pieces[last].text)
    count += 1
  }

  /// Gives back the room that was kept to grow.
  mutating func trim() {
    if let last = pieces.indices.last { pieces[last] = pieces[last].trimmed }
  }

  // MARK: Editing

  /// Changes some tasks, in the order in which they are given; a piece is written anew once, however many of its tasks change
  /// one behind the other. When `body` throws, the list is as it was.
  mutating func update(
    _ indices: [Int], _ body: (inout TaskSpec) throws(DocumentError) -> Void
  ) throws(DocumentError) {
    var updated = pieces
    var at = 0
    while at < indices.count {
      let number = indices[at] / Self.pieceTasks
      let old = updated[number]
      var new = Piece()
      for place in old.starts.indices {
        new.starts.append(new.text.count)
        if at < indices.count, indices[at] == number * Self.pieceTasks + place {
          var task = TaskRecord(old.text, old.range(place)).task
          try body(&task)
          TaskRecord.write(task, into: &new.text)
          at += 1
        } else {
          new.text += old.text[old.range(place)]
        }
      }
      updated[number] = new.trimmed
    }
    pieces = updated
  }

  // MARK: Parts

  public func name(_ index: Int) -> String { reader(index).name }

  /// The first task that has nothing to run; nil: all have.
  var firstWithoutCommand: Int? { indices.first { !reader($0).hasCommand } }

  private func reader(_ index: Int) -> TaskRecord {
    precondition(index >= 0 && index < count, "no such task")
    let piece = pieces[index / Self.pieceTasks]
    return TaskRecord(piece.text, piece.range(index % Self.pieceTasks))
  }

  // MARK: Storing

  /// The records of some tasks, one behind the other: what `append(encoded:)` takes again.
  public func encoded(_ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let piece = pieces[index / Self.pieceTasks]
      let first = index % Self.pieceTasks
      let last = Swift.min(Self.pieceTasks, first + range.upperBound - index) - 1
      bytes += piece.text[piece.starts[first]..<piece.range(last).upperBound]
      index += last - first + 1
    }
    return bytes
  }

  /// Appends what `encoded` gave; false, and nothing is appended, when it was damaged since.
  public mutating func append(encoded bytes: [UInt8]) -> Bool {
    var ends: [Int] = []
    var at = 0
    while at < bytes.count {
      guard let end = TaskRecord.end(bytes, from: at) else { return false }
      ends.append(end)
      at = end
    }
    at = 0
    for end in ends {
      write { $0 += bytes[at..<end] }
      at = end
    }
    trim()
    return true
  }
}

extension TaskList: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(index: Int) -> TaskSpec {
    get { reader(index).task }
    set {
      precondition(index >= 0 && index < count, "no such task")
      var record: [UInt8] = []
      TaskRecord.write(newValue, into: &record)
      let at = index / Self.pieceTasks
      let place = index % Self.pieceTasks
      let old = pieces[at].range(place)
      pieces[at].text.replaceSubrange(old, with: record)
      let growth = record.count - old.count
      if growth != 0 {
        for later in place + 1..<Swift.max(place + 1, pieces[at].starts.count) { pieces[at].starts[later] += growth }
      }
    }
  }
}

extension TaskList: ExpressibleByArrayLiteral {
  public init(arrayLiteral tasks: TaskSpec...) { self.init(tasks) }
}
