import Model

extension FuzzTarget {
  /// A submitted document, whole: JSON, keys and values, masks and who waits for whom.
  static let job = FuzzTarget("job", longest: 8192) { bytes in
    if let reading = try? JobDocument.read(bytes, defaultUser: "ann") { follow(reading.job) }
    _ = try? JobDocument.readBlocks(bytes)
    _ = try? JobDocument.readTasks(bytes)
    guard let value = try? JSONParser.parse(bytes) else { return }
    let text = value.text()
    guard let again = try? JSONParser.parse(text) else { fatalError("written JSON cannot be read: \(text)") }
    demand(again.text() == text, "JSON is written as it was read")
  }

  /// A job as a store has it: a document that was checked once and may have been damaged since, and its tasks' records.
  static let stored = FuzzTarget("stored", longest: 8192) { bytes in
    var input = FuzzInput(bytes)
    var tasks = TaskList()
    let isGood = tasks.append(encoded: input.part())
    if isGood { for task in tasks { _ = (task.name, task.command, task.environment.count) } }
    _ = try? JobDocument.stored(input.rest(), tasks: isGood && !tasks.isEmpty ? [0: tasks] : [:])
  }

  /// What a document that was taken is used for: it is stored and read again, and its tasks are named.
  private static func follow(_ job: JobSpec) {
    let text = job.document.text()
    guard let again = try? JobDocument.read(text.utf8, defaultUser: "bob") else { fatalError("the job's own document: \(text)") }
    demand(again.job.document.text() == text, "a job's document says the same of it")
    var tasks: [Int: TaskList] = [:]
    for (index, block) in job.blocks.enumerated() {
      if case .listed(let list, _) = block.work { tasks[index] = list }
    }
    guard let stored = try? JobDocument.stored(Array(job.documentWithoutTasks.text().utf8), tasks: tasks) else {
      fatalError("a job that was taken cannot be loaded")
    }
    demand(stored.blocks.map(\.taskCount) == job.blocks.map(\.taskCount), "a loaded job has its tasks")
    for block in job.blocks {
      for task in [0, block.taskCount - 1] { _ = block.taskName(task) }
    }
  }
}
