import Files
import Glibc
import Model

/// The output of one run on disk: the first half of what is kept in one file, and a ring with the last half in another, so that a
/// run that writes for ever takes `kept` bytes and no more. Offsets count from the very first byte that the run ever wrote.
///
/// Files are made with the first byte that needs them.
struct OutputFiles {
  private let headPath: String
  private let tailPath: String
  /// Bytes in each half.
  let half: UInt64
  /// All that was written, cut bytes too.
  private(set) var total: UInt64
  private var head: Int32 = -1
  private var tail: Int32 = -1
  /// The disk took no more: what came after is not kept, nor counted.
  private(set) var fault: FileError?

  init(head: String, tail: String, kept: Int = Limits.outputKept, total: UInt64 = 0) {
    headPath = head
    tailPath = tail
    half = UInt64(kept / 2)
    self.total = total
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty, fault == nil {
      let inHead = total < half
      let position = inHead ? total : (total - half) % half
      let count = min(rest.count, Int(half - position))
      guard write(UnsafeRawBufferPointer(rebasing: rest.prefix(count)), inHead: inHead, at: position) else { return }
      total += UInt64(count)
      if total == half {
        Glibc.close(head)
        head = -1
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer, inHead: Bool, at position: UInt64) -> Bool {
    let path = inHead ? headPath : tailPath
    var file = inHead ? head : tail
    if file < 0 {
      file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if inHead { head = file } else { tail = file }
    }
    guard file >= 0 else {
      fault = FileError("write", path)
      return false
    }
    var at = 0
    while at < bytes.count {
      let count = pwrite(file, bytes.baseAddress.map { $0 + at }, bytes.count - at, off_t(position) + off_t(at))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        fault = FileError("write", path)
        return false
      }
      at += count
    }
    return true
  }

  /// The first portion that is kept at or after `offset`.
  ///
  /// - Returns: where it begins (beyond `offset` where the middle was cut) and at most `limit` bytes; none at the end.
  func read(from offset: UInt64, limit: Int) -> (offset: UInt64, data: [UInt8]) {
    let ringStart = total > 2 * half ? total - half : half
    let start = offset < half ? offset : max(offset, ringStart)
    guard start < total else { return (total, []) }
    let inHead = start < half
    let position = inHead ? start : (start - half) % half
    let count = min(limit, Int(min(total - start, half - position)))
    let file = open(inHead ? headPath : tailPath, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return (total, []) }
    defer { Glibc.close(file) }
    let data = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(file, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(position) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        filled += got
      }
    }
    return data.isEmpty ? (total, []) : (start, data)
  }

  mutating func close() {
    for file in [head, tail] where file >= 0 { Glibc.close(file) }
    head = -1
    tail = -1
  }
}
