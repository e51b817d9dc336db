import Model

/// Blocks or tasks for a job that is there: `{"blocks": […]}` or `{"tasks": […]}`, read and checked as those of a new job are.
enum AdditionDocument {
  struct Reading: Sendable {
    var addition: Addition
    var warnings: [String]
  }

  /// What they wait for is the farm's to check, which knows the blocks that the job has.
  ///
  /// - Throws: `DocumentError` that names the first fault's place.
  static func blocks(_ bytes: [UInt8]) throws(DocumentError) -> Reading {
    let reading = try JobDocument.readBlocks(bytes)
    return Reading(addition: .blocks(reading.blocks), warnings: reading.warnings)
  }

  /// Whether tasks need commands of their own is for the farm to say, which knows their block.
  ///
  /// - Throws: `DocumentError` that names the first fault's place.
  static func tasks(_ bytes: [UInt8], of selection: BlockSelection) throws(DocumentError) -> Reading {
    Reading(addition: .tasks(selection, Array(try JobDocument.readTasks(bytes))), warnings: [])
  }
}
