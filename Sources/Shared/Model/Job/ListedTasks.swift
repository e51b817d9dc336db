/// The list `tasks` of a block as a document has it, read straight into a `TaskList`.
struct ListedTasks {
  var tasks = TaskList()
  /// The first fault in what the tasks say; what stands behind it is not in `tasks`.
  var fault: DocumentError?
}

extension JSONParser {
  /// What lies around a value that is read: only the lists `tasks` of a job's blocks are read in their own way.
  enum Surroundings {
    case other, document, job, blocks
    /// The block with this index.
    case block(Int)
    /// Of blocks or tasks for a job that is there already.
    case addition
  }

  /// A document with the lists `tasks` of a job's blocks taken out of it: an empty list stands in their place.
  ///
  /// - Parameter surroundings: `document`, or `addition`, whose own list `tasks` counts as that of block 0.
  static func parseJob(
    _ bytes: [UInt8], _ surroundings: Surroundings = .document
  ) throws(JSONSyntaxError) -> (value: JSONValue, tasks: [Int: ListedTasks]) {
    var parser = JSONParser(bytes)
    let value = try parser.document(surroundings)
    return (value, parser.listed)
  }

  /// What lies around the value of a member.
  static func surroundings(of key: String, in surroundings: Surroundings) -> Surroundings {
    switch surroundings {
    case .document where key == "job": .job
    case .job where key == "blocks", .addition where key == "blocks": .blocks
    default: .other
    }
  }

  /// Whether the value of a key that begins here is to be read as tasks: of which block, and what their place is called.
  func tasksBegin(_ key: String, in surroundings: Surroundings) -> (block: Int, path: String)? {
    guard key == "tasks", at < bytes.count, bytes[at] == UInt8(ascii: "[") else { return nil }
    return switch surroundings {
    case .block(let index): (index, "blocks[\(index)].tasks")
    case .addition: (0, "tasks")
    default: nil
    }
  }

  /// Reads the list that begins here as the tasks of a block.
  mutating func listedTasks(of block: Int, path: String, depth: Int) throws(JSONSyntaxError) {
    var reading = ListedTasks()
    at += 1
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      listed[block] = reading
      return
    }
    var index = 0
    while true {
      skipSpace()
      if reading.fault != nil {
        _ = try value(depth: depth + 1, in: .other)
      } else if index == Limits.tasksPerBlock {
        reading.fault = DocumentError(path, "more than \(Limits.tasksPerBlock) tasks")
        _ = try value(depth: depth + 1, in: .other)
      } else if !plainTask(&reading.tasks) {
        let value = try value(depth: depth + 1, in: .other)
        do throws(DocumentError) {
          reading.tasks.append(try JobDocument.task(value, path: "\(path)[\(index)]"))
        } catch { reading.fault = error }
      }
      index += 1
      skipSpace()
      guard at < bytes.count else { throw fault("the text ends inside a list") }
      if bytes[at] == UInt8(ascii: "]") { break }
      guard bytes[at] == UInt8(ascii: ",") else { throw fault("expected ',' or ']', found \(shown(bytes[at]))") }
      at += 1
    }
    at += 1
    reading.tasks.trim()
    listed[block] = reading
  }

  /// Takes a task of the most frequent form: a name and a command, each once, without escapes. Anything else is left to the
  /// general way, which also knows what to say of it.
  private mutating func plainTask(_ tasks: inout TaskList) -> Bool {
    let start = at
    guard take(UInt8(ascii: "{")) else { return false }
    var name: Range<Int>?
    var command: Range<Int>?
    repeat {
      skipSpace()
      guard let key = plainString() else { return back(to: start) }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { return back(to: start) }
      skipSpace()
      guard let text = plainString() else { return back(to: start) }
      if name == nil, isWord("name", key), text.count <= Limits.nameBytes {
        name = text
      } else if command == nil, isWord("command", key), text.count <= Limits.commandBytes {
        command = text
      } else {
        return back(to: start)
      }
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { return back(to: start) }
    tasks.write { out in
      TaskRecord.begin(&out, name: name?.count ?? 0, command: command?.count ?? 0, hasMore: false)
      if let name { out += bytes[name] }
      if let command { out += bytes[command] }
    }
    return true
  }

  private mutating func back(to start: Int) -> Bool {
    at = start
    return false
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private func isWord(_ word: StaticString, _ range: Range<Int>) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count where bytes[range.lowerBound + offset] != word.utf8Start[offset] { return false }
    return true
  }

  /// The bytes of a good string without escapes; nil: it is something else.
  private mutating func plainString() -> Range<Int>? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = at
    let (end, isASCII) = bytes.withUnsafeBufferPointer { buffer -> (Int?, Bool) in
      var place = start
      var all: UInt8 = 0
      while place < buffer.count {
        let byte = buffer[place]
        if byte == UInt8(ascii: "\"") { return (place, all < 0x80) }
        if byte < 0x20 || byte == UInt8(ascii: "\\") { return (nil, true) }
        all |= byte
        place += 1
      }
      return (nil, true)
    }
    guard let end else { return nil }
    if !isASCII, String(validating: bytes[start..<end], as: UTF8.self) == nil { return nil }
    at = end + 1
    return start..<end
  }
}
