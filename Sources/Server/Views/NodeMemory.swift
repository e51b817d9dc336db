import Model
import Scheduler

/// A render or a task: what has a page of its own with a log.
enum NodeID: Hashable, Sendable {
  case render(RenderID)
  case task(TaskKey)
}

/// What the farm does not need for its work and people want to see: runs that are over, what was said about renders and tasks, and
/// how busy machines were. In memory only: it begins anew with the server, but for what the journal has.
///
/// Bounded: `runs` and `lines` are the last of the whole farm, about 12 MB together when they are full, and 60 MB if every text
/// were as long as it may be (`Limits.feedTextBytes`); of each render that has reported there are 1.3 KB of samples, so 13 MB for
/// 10,000 renders.
struct NodeMemory: Sendable {
  static let mostRuns = 32_768
  static let mostLines = 16_384

  private(set) var runs: ChainedRing<RunEnd>
  private(set) var lines: ChainedRing<NodeLine>
  private var samples: [RenderID: SampleRing] = [:]

  init(mostRuns: Int = Self.mostRuns, mostLines: Int = Self.mostLines) {
    runs = ChainedRing(capacity: mostRuns)
    lines = ChainedRing(capacity: mostLines)
  }

  mutating func note(_ end: RunEnd) {
    var end = end
    end.reason = end.reason.cut(bytes: Limits.feedTextBytes)
    runs.append(end, of: .task(end.key), and: .render(end.render))
  }

  /// Returns the node that has a line more; nil: it is of none that has a page.
  mutating func note(_ record: LogRecord, at now: Instant) -> NodeID? {
    let node: NodeID
    switch record.subject {
    case .render(let id): node = .render(id)
    case .task(let key): node = .task(key)
    case .job, .farm: return nil
    }
    lines.append(NodeLine(record, at: now), of: node)
    return node
  }

  /// Of the journal, what is about a render or a task and was not logged too. Returns the node that has a line more.
  mutating func note(_ entry: JournalEntry, _ farm: Farm) -> NodeID? {
    guard let (node, text) = NodeLine.place(of: entry, farm) else { return nil }
    let isLogged = lines.last(2, of: node).contains { $0.time == entry.time && $0.text == text }
    if isLogged { return nil }
    let kind = entry.type.split(separator: " ").last ?? ""
    lines.append(
      NodeLine(
        time: entry.time, level: kind == "error" || kind == "sick" ? .warning : .info,
        text: kind == "set" || kind == "undo" ? "\(kind): \(text)" : text, who: entry.subject == "reeve" ? "" : entry.subject),
      of: node)
    return node
  }

  mutating func note(_ resources: HostResources, of render: RenderID, at now: Instant) {
    samples[render, default: SampleRing()].append(ResourceSample(resources, at: now))
  }

  mutating func forget(_ render: RenderID) { samples[render] = nil }

  /// The samples of a render after the first `seen`, as far as they are kept, and how many there were by now.
  func samples(of render: RenderID, after seen: UInt64) -> (samples: [ResourceSample], count: UInt64) {
    guard let ring = samples[render] else { return ([], 0) }
    return (ring.last(Int(min(UInt64(SampleRing.capacity), ring.count - min(seen, ring.count)))), ring.count)
  }
}

/// The last samples of one render: at most 60 of 20 bytes, ten minutes as agents report by default.
struct SampleRing: Sendable {
  static let capacity = 60
  private var samples: [ResourceSample] = []
  /// How many there ever were.
  private(set) var count: UInt64 = 0

  mutating func append(_ sample: ResourceSample) {
    if samples.count < Self.capacity {
      samples.append(sample)
    } else {
      samples[Int(count % UInt64(Self.capacity))] = sample
    }
    count += 1
  }

  /// The oldest first.
  func last(_ wanted: Int) -> [ResourceSample] {
    let wanted = min(wanted, samples.count)
    return (0..<wanted).map { samples[Int((count - UInt64(wanted - $0)) % UInt64(Self.capacity))] }
  }
}

extension NodeLine {
  init(_ record: LogRecord, at now: Instant) {
    self.init(
      time: now, level: Level(rawValue: record.level.rawValue) ?? .info, text: record.text.cut(bytes: Limits.feedTextBytes),
      who: record.actor?.description ?? "")
  }
}

extension NodeLine {
  /// Which node a line of the journal is about, and what it says of it: of errors of tasks, `task 14[0][3]: …` of a job.
  fileprivate static func place(of entry: JournalEntry, _ farm: Farm) -> (NodeID, String)? {
    if entry.object.hasPrefix("render ") {
      return farm.render(named: String(entry.object.dropFirst(7))).map {
        (.render($0), entry.info.cut(bytes: Limits.feedTextBytes))
      }
    }
    guard entry.object.hasPrefix("job "), entry.info.hasPrefix("task "), let colon = entry.info.firstIndex(of: ":") else {
      return nil
    }
    let key = entry.info[..<colon].dropFirst(5)
    let parts = key.split(whereSeparator: { $0 == "[" || $0 == "]" }).map { UInt32($0) }
    guard parts.count == 3, let job = parts[0], let block = parts[1].flatMap({ UInt16(exactly: $0) }), let task = parts[2] else {
      return nil
    }
    let text = entry.info[entry.info.index(after: colon)...].drop(while: { $0 == " " })
    return (
      .task(TaskKey(job: JobID(job), block: BlockIndex(block), task: TaskIndex(task))),
      String(text).cut(bytes: Limits.feedTextBytes)
    )
  }
}
