import Model
import Scheduler

/// Outputs that people look at (`Logs`).
extension FarmActor {
  /// A reader that does not follow a run that goes on waits so long for a next portion.
  private static let patience = Span.seconds(3)
  /// After a short portion, which is the last for now, unless the agent's file went round just there.
  private static let quiet = Span.milliseconds(300)

  func read(_ session: Session, _ number: UInt32, _ topic: LogTopic) {
    let name = Logs.Name(connection: session.id, number: number)
    endLog(name, nil)
    do throws(Failure) {
      guard logs.readers(of: session.id).count < Limits.subscriptionsPerConnection else {
        throw Failure(.usage, "more than \(Limits.subscriptionsPerConnection) logs at once")
      }
      let key = try Answers.find(topic.place, farm)
      guard let task = farm.task(key) else { throw Failure.noSuchJob(key.job) }
      let start = topic.start == 0 ? task.starts : topic.start
      guard task.starts > 0 else { throw Failure(.notFound, "task \(key) was never started: it has no output") }
      guard start <= task.starts else {
        throw Failure(.notFound, "task \(key) was started \(task.starts) times; there is no start \(start)")
      }
      var reader = Logs.Reader(
        session: session, number: number, file: OutputFile(key: key, start: start), source: .file, offset: topic.offset)
      send(reader, LogRows(subscription: number, offset: topic.offset, task: task))
      if start == task.starts, let lease = farm.lease(of: key) {
        reader.source = .live(lease)
        if !topic.isFollowed { reader.quietAt = now + Self.patience }
        logs[name] = reader
        listen(to: lease)
      } else {
        logs[name] = reader
        readMore(name)
      }
    } catch {
      outgoing.append(Outgoing(session, .log(LogRows(subscription: number, isEnd: true, failure: error))))
    }
  }

  private func send(_ reader: Logs.Reader, _ rows: LogRows) {
    outgoing.append(Outgoing(reader.session, .log(rows)))
  }

  // MARK: From the render

  /// Tells the render that runs it from where on somebody listens. Goes the way of its start, so that it arrives behind it.
  func listen(to lease: Lease) {
    let offsets = logs.readers(of: lease).compactMap { logs[$0]?.offset }
    guard let from = offsets.min(), let run = farm.run(lease) else { return }
    toRender(run.render, .listen(lease, offset: from))
  }

  private func stopListening(to lease: Lease) {
    guard logs.readers(of: lease).isEmpty, let run = farm.run(lease) else { return }
    toRender(run.render, .unlisten(lease))
  }

  func liveOutput(_ session: Session, _ lease: Lease, _ offset: UInt64, _ bytes: [UInt8]) {
    guard let run = farm.run(lease), sessionOf[run.render]?.id == session.id else { return }
    for name in logs.readers(of: lease) {
      guard var reader = logs[name] else { continue }
      // A render sends what there is in full portions: a shorter one is the last for now.
      if reader.quietAt != nil {
        let isLast = bytes.count < Limits.outputPortion && !reader.session.isClogged
        reader.quietAt = now + (isLast ? Self.quiet : Self.patience)
      }
      let end = offset + UInt64(bytes.count)
      if reader.session.isClogged {
        // Its connection is slow: what it misses is asked for again when there is room.
        if end > reader.offset { reader.isBehind = true }
      } else if end > reader.offset, !(reader.isBehind && offset > reader.offset) {
        let from = max(offset, reader.offset)
        send(reader, LogRows(subscription: reader.number, offset: from, data: Array(bytes.dropFirst(Int(from - offset)))))
        reader.offset = end
        reader.isBehind = false
      }
      logs[name] = reader
    }
  }

  /// The connection of a reader takes more again.
  func catchUp(_ name: Logs.Name) {
    guard let reader = logs[name], reader.isBehind else { return }
    switch reader.source {
    case .file: readMore(name)
    case .live(let lease): listen(to: lease)
    }
  }

  // MARK: From the file

  private func readMore(_ name: Logs.Name) {
    guard var reader = logs[name] else { return }
    if reader.session.isClogged {
      reader.isBehind = true
      logs[name] = reader
      return
    }
    reader.isBehind = false
    logs[name] = reader
    let mailbox = self.mailbox
    outputs.read(reader.file, from: reader.offset) { mailbox.post(.logRead(name, $0)) }
  }

  func logRead(_ name: Logs.Name, _ portion: OutputFiles.Portion?) {
    guard var reader = logs[name], !reader.isLive else { return }
    guard let portion else { return endLog(name, LogRows(subscription: reader.number, offset: reader.offset, isEnd: true)) }
    if !portion.bytes.isEmpty {
      // A reader sees by the offsets that something is missing, and says so itself: also one that has seen what was cut out later.
      if !portion.isMark { send(reader, LogRows(subscription: reader.number, offset: portion.offset, data: portion.bytes)) }
      reader.offset = portion.next ?? (portion.offset + UInt64(portion.bytes.count))
    }
    logs[name] = reader
    if portion.next == nil {
      endLog(name, LogRows(subscription: reader.number, offset: reader.offset, isEnd: true))
    } else {
      readMore(name)
    }
  }

  // MARK: Ends

  /// A followed task changed: when its run is over, the rest comes from its file.
  func endFollowing(_ key: TaskKey) {
    let lease = farm.lease(of: key)
    for name in logs.readers(of: key) {
      guard var reader = logs[name], case .live(let followed) = reader.source, followed != lease else { continue }
      reader.source = .file
      reader.quietAt = nil
      logs[name] = reader
      readMore(name)
    }
  }

  /// The job is gone.
  func endFollowing(_ job: JobID) {
    for (name, reader) in logs.readers where reader.file.key.job == job {
      endLog(name, LogRows(subscription: reader.number, offset: reader.offset, isEnd: true, failure: .noSuchJob(job)))
    }
  }

  /// Readers that do not follow a run that goes on have seen what there was.
  func endQuietLogs() {
    guard let due = logs.due, due <= now else { return }
    for (name, reader) in logs.readers {
      guard let quiet = reader.quietAt, quiet <= now else { continue }
      endLog(name, LogRows(subscription: reader.number, offset: reader.offset, isEnd: true))
    }
  }

  /// Forgets a reader, with a last word if there is somebody to hear it.
  func endLog(_ name: Logs.Name, _ last: LogRows?) {
    guard let reader = logs[name] else { return }
    logs[name] = nil
    if var last {
      last.task = farm.task(reader.file.key)
      send(reader, last)
    }
    if case .live(let lease) = reader.source { stopListening(to: lease) }
  }
}
