import Glibc
import Model

/// Both ends of a pipe, each closed once.
struct Pipe {
  private(set) var reader: Int32
  private(set) var writer: Int32

  init() throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(.failed, "no pipe: \(String(cString: strerror(errno)))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reader, writer) = (ends[0], ends[1])
  }

  mutating func closeReader() {
    if reader >= 0 { Glibc.close(reader) }
    reader = -1
  }

  mutating func closeWriter() {
    if writer >= 0 { Glibc.close(writer) }
    writer = -1
  }

  mutating func close() {
    closeReader()
    closeWriter()
  }

  /// Hands the end over to somebody who closes it.
  mutating func takeReader() -> Int32 {
    defer { reader = -1 }
    return reader
  }

  mutating func takeWriter() -> Int32 {
    defer { writer = -1 }
    return writer
  }
}
