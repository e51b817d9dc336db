import Model
import Text
import Wire

/// Reads the output of one run of a task to its end, over lost connections when it follows.
struct LogReader {
  let call: Call
  let job: JobSelection
  let block: String
  let task: String
  /// 0: the last.
  let start: Int32
  let follow: Bool

  func run() async throws {
    var sink = LogSink(call: call)
    var retry = Reconnecting(call)
    var run = start
    while true {
      let farm = try await retry.connect()
      farm.subscribe(subscription(start: run, offset: sink.offset))
      let isOver = try await read(farm, &sink, &run)
      if isOver { await farm.connection.close() }
      if isOver { break }
      guard follow else { throw Failure(.unreachable, "the connection to the server was lost") }
    }
    sink.finish()
  }

  private func subscription(start: Int32, offset: UInt64) -> WireSubscribe {
    var view = WireLogView()
    view.selector = WireJobSelector(job)
    view.block = block
    view.task = task
    view.start = start
    view.offset = offset
    view.follow = follow
    var subscription = WireSubscribe()
    subscription.subscription = 1
    subscription.log = view
    return subscription
  }

  /// - Returns: whether that was all; false when the connection was lost.
  private func read(_ farm: Farm, _ sink: inout LogSink, _ run: inout Int32) async throws -> Bool {
    for await event in farm.events {
      guard case .log(let portion) = event else { continue }
      if portion.hasFailure {
        await farm.connection.close()
        throw Failure(portion.failure)
      }
      // The run that was read first is the one that is read on, even if the task was started again meanwhile.
      if portion.hasTask, run == 0, portion.task.starts > 0 { run = portion.task.starts }
      sink.take(portion)
      if portion.end { return true }
    }
    return false
  }
}

/// Where output goes: bytes as they are to files and pipes, made harmless to a terminal, or kept for the one document of `--json`.
struct LogSink {
  let call: Call
  private(set) var offset: UInt64 = 0
  private var filter = OutputFilter()
  private var kept: [UInt8] = []
  private var task: TaskSummary?
  private var endsLine = true

  init(call: Call) { self.call = call }

  mutating func take(_ portion: WireLogPortion) {
    if portion.hasTask { task = TaskSummary(portion.task) }
    var data = Array(portion.data)
    if portion.offset > offset, !data.isEmpty {
      show(Self.mark(of: portion.offset - offset))
      offset = portion.offset
    } else if portion.offset < offset {
      // Sent twice: what is shown already is left out.
      data.removeFirst(Int(min(UInt64(data.count), offset - portion.offset)))
    }
    guard !data.isEmpty else { return }
    offset += UInt64(data.count)
    show(data)
  }

  /// What stands where something is missing, in files and pipes too: as in the server's own files of output.
  static func mark(of bytes: UInt64) -> [UInt8] { Array("\n[… \(bytes) bytes of output were cut out here …]\n".utf8) }

  private mutating func show(_ data: [UInt8]) {
    endsLine = data.last == 0x0A
    if call.wantsJSON {
      kept += data
    } else if call.out.isTerminal {
      call.out.write(filter.feed(data))
    } else {
      call.out.write(data)
    }
  }

  mutating func finish() {
    if call.wantsJSON {
      call.show(TaskPresentation.output(task, text: String(decoding: kept, as: UTF8.self)))
    } else if call.out.isTerminal {
      call.out.write(filter.finish() + (endsLine ? "" : "\n"))
    }
  }
}
