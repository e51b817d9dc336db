import Foundation
import Model
import NIOCore
import Synchronization
import Wire

/// A document that comes portion by portion: what has come of it.
struct Upload {
  let size: Int
  let use: DocumentUse
  var bytes: [UInt8]
  let deadline: Scheduled<Void>
}

/// How many bytes of such documents may be on their way at once, over all connections.
final class UploadBudget: Sendable {
  private let bytes: Int
  private let used = Mutex(0)

  init(bytes: Int) { self.bytes = bytes }

  /// False when there is no room now.
  func reserve(_ count: Int) -> Bool {
    used.withLock { used in
      guard used + count <= bytes else { return false }
      used += count
      return true
    }
  }

  func release(_ count: Int) { used.withLock { $0 -= count } }

  var isEmpty: Bool { used.withLock { $0 == 0 } }
}

/// Documents that are longer than a frame. A connection has one on its way at most; room for all of it is reserved when it begins,
/// so that two that are half done never wait for each other.
extension SessionHandler {
  func take(_ part: WireSubmitPart, number: UInt64, _ session: Session) {
    do throws(Failure) {
      guard !hall.isStopping else { throw Failure(.failed, "the server is stopping; submit again when it is back") }
      if part.offset == 0 { try begin(part, session) }
      try add(part, number: number, session)
    } catch {
      dropUpload()
      reply(number, .failure(error))
    }
  }

  private func begin(_ part: WireSubmitPart, _ session: Session) throws(Failure) {
    dropUpload()
    guard part.size > 0, part.size <= UInt64(Limits.documentBytes) else {
      throw Failure(.failed, "the document is longer than \(Limits.documentBytes >> 20) MiB")
    }
    let use = part.hasAppendTo ? try DocumentUse(part.appendTo) : .job(isPaused: part.paused)
    let size = Int(part.size)
    guard hall.uploads.reserve(size) else {
      throw Failure(.failed, "the server takes in other long documents at the moment (submit again in a while)")
    }
    let time = hall.limits.uploadTime
    let deadline = session.loop.assumeIsolated().scheduleTask(in: time) { [self] in
      guard upload != nil else { return }
      dropUpload()
      refuse(Failure(.timedOut, "a document was not complete within \(time.nanoseconds / 1_000_000_000) s"))
    }
    upload = Upload(size: size, use: use, bytes: [], deadline: deadline)
  }

  private func add(_ part: WireSubmitPart, number: UInt64, _ session: Session) throws(Failure) {
    guard var taken = upload else { throw Failure(.usage, "a portion of a document that was not begun") }
    // Not twice in memory while it grows.
    upload = nil
    defer { upload = taken.bytes.count < taken.size ? taken : nil }
    guard part.size == UInt64(taken.size), part.offset == UInt64(taken.bytes.count) else {
      throw Failure(.usage, "a portion of a document at the wrong place")
    }
    guard !part.data.isEmpty, part.data.count <= Limits.documentPart, taken.bytes.count + part.data.count <= taken.size else {
      throw Failure(.usage, "a portion of a document of the wrong length")
    }
    taken.bytes.append(contentsOf: part.data)
    guard taken.bytes.count == taken.size else { return reply(number, .partTaken(taken.bytes.count)) }
    taken.deadline.cancel()
    let (budget, size) = (hall.uploads, taken.size)
    read(taken.bytes, for: taken.use, number: number, session) { budget.release(size) }
  }

  /// Forgets a document that is not complete.
  func dropUpload() {
    guard let dropped = upload else { return }
    upload = nil
    dropped.deadline.cancel()
    hall.uploads.release(dropped.size)
  }
}
