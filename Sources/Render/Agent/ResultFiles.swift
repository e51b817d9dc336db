import CPosix
import Glibc
import Model

/// The files that a task leaves behind when all goes well (reference/afanasy.md sections 1.5.1 and 3.14): where they are and how large
/// they may be. Whether they are there is asked of the file system, which may take its time: never on the event loop.
struct ResultFiles: Hashable, Sendable {
  /// Patterns of a numeric block, else the files themselves; as this machine names them, none of them empty.
  var patterns: [String]
  /// Of a numeric block: its patterns are filled for each of them.
  var frames: TaskFrames?
  /// What relative names begin in; empty: the run's own folder.
  var directory: String
  /// Bytes; 0 or less: any.
  var sizeMin: Int64
  var sizeMax: Int64

  enum Verdict: Hashable, Sendable {
    /// All so many are there.
    case complete(Int)
    /// What is wrong with the first that is.
    case fault(String)
  }

  /// Looks for them until one is missing.
  ///
  /// - Parameter ownFolder: of the run.
  func look(ownFolder: String) -> Verdict {
    var count = 0
    for name in names() {
      if let fault = fault(in: name, ownFolder: ownFolder) { return .fault(fault) }
      count += 1
    }
    return .complete(count)
  }

  /// Their names, made one after the other: there may be as many as there are frames.
  func names() -> some Sequence<String> {
    var frame: Int64 = 0
    var pattern = 0
    // One without a mark, or with one that does not end, is the same for all frames: after the first it is not looked for again.
    let others = patterns.filter { Filling.numeric($0, first: 1, last: 1) != $0 }
    return AnyIterator { () -> String? in
      guard let frames else {
        guard pattern < patterns.count else { return nil }
        defer { pattern += 1 }
        return patterns[pattern]
      }
      var round = frame == 0 ? patterns : others
      if pattern == round.count {
        pattern = 0
        frame += 1
        round = others
      }
      guard frame < frames.count, pattern < round.count else { return nil }
      defer { pattern += 1 }
      let number = frames.first + frame * frames.increment
      return Filling.numeric(round[pattern], first: number, last: number)
    }
  }

  private func fault(in name: String, ownFolder: String) -> String? {
    let path = name.hasPrefix("/") ? name : "\(directory.isEmpty ? ownFolder : directory)/\(name)"
    var file = cposix_file()
    let code = cposix_look(path, &file)
    guard code == 0 else {
      return code == -ENOENT || code == -ENOTDIR
        ? "the result file \(path) is missing" : "the result file \(path) cannot be looked at: \(StartFailure.text(-code))"
    }
    guard file.is_regular else { return "the result \(path) is no file" }
    let size = file.size
    if sizeMin > 0, size < sizeMin { return "the result file \(path) has \(size) bytes, at least \(sizeMin) are expected" }
    if sizeMax > 0, size > sizeMax { return "the result file \(path) has \(size) bytes, at most \(sizeMax) are expected" }
    return nil
  }
}

// As a part of a run's note.
extension ResultFiles {
  func write(to out: inout ByteWriter) {
    out.put(patterns)
    out.put(frames != nil)
    if let frames { frames.write(to: &out) }
    out.put(directory)
    out.put(sizeMin)
    out.put(sizeMax)
  }

  init(from input: inout ByteReader) throws(ByteReader.Truncated) {
    patterns = try input.strings()
    frames = try input.bool() ? TaskFrames(from: &input) : nil
    directory = try input.string()
    sizeMin = try input.int64()
    sizeMax = try input.int64()
  }
}
