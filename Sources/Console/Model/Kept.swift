public import Model

/// What a console keeps from one start to the next: how things are shown, never what they are; and what was typed behind `:`.
public struct Kept: Hashable, Sendable {
  struct List: Hashable, Sendable {
    var columns: [String]?
    /// As the sort menu has it.
    var order: String?
    var isDescending = false
    var filter = ""
  }

  /// As it was chosen while the console ran.
  public internal(set) var theme: String?
  var density: Density?
  /// Events for which the terminal rings, and whether only for one's own.
  var ringing: Set<String> = []
  var isRingingForAll = false
  var lists: [ListID: List] = [:]
  /// Lines of the command line, the newest last.
  var history: [String] = []

  public init() {}

  /// Longest file, in bytes.
  public static let longest = 256 << 10
  /// Columns of one list, and bytes of one text in the file.
  private static let mostColumns = 100
  fileprivate static let longestText = 2000
  private static let mostLines = 1000

  /// What is not known, as of a newer version, is left out.
  ///
  /// - Throws: a sentence that says what is wrong, and where.
  public static func parse(_ bytes: [UInt8]) throws(Failure) -> Kept {
    let document: JSONValue
    do { document = try JSONParser.parse(bytes) } catch { throw Failure(.failed, "\(error)") }
    guard document.object != nil else { throw Failure(.failed, "expected an object, found \(document.typeName)") }
    var kept = Kept()
    kept.theme = try text(document["theme"], "theme")
    kept.density = try text(document["density"], "density").flatMap(Density.init)
    if let names = document["ring"] {
      guard let all = names.array, all.count <= mostColumns else {
        throw Failure(.failed, "ring: expected a list of at most \(mostColumns) names of events")
      }
      for name in all {
        guard let name = try text(name, "ring"), Ringing.known.contains(name) else { continue }
        kept.ringing.insert(name)
      }
    }
    if let isForAll = document["ring_for_all"] {
      guard let bool = isForAll.bool else {
        throw Failure(.failed, "ring_for_all: expected true or false, found \(isForAll.typeName)")
      }
      kept.isRingingForAll = bool
    }
    if let history = document["history"] {
      guard let lines = history.array, lines.count <= mostLines else {
        throw Failure(.failed, "history: expected a list of at most \(mostLines) lines")
      }
      for line in lines {
        if let text = try text(line, "history") { kept.history.append(text) }
      }
    }
    if let lists = document["lists"] {
      guard let object = lists.object else { throw Failure(.failed, "lists: expected an object, found \(lists.typeName)") }
      for (name, value) in object.members {
        guard let id = ListID(rawValue: name) else { continue }
        kept.lists[id] = try list(value, "lists.\(name)")
      }
    }
    return kept
  }

  private static func list(_ value: JSONValue, _ place: String) throws(Failure) -> List {
    guard value.object != nil else { throw Failure(.failed, "\(place): expected an object, found \(value.typeName)") }
    var list = List()
    if let columns = value["columns"] {
      guard let names = columns.array, names.count <= mostColumns else {
        throw Failure(.failed, "\(place).columns: expected a list of at most \(mostColumns) names")
      }
      var all: [String] = []
      for name in names { all.append(try text(name, "\(place).columns") ?? "") }
      list.columns = all
    }
    list.order = try text(value["order"], "\(place).order")
    list.filter = try text(value["filter"], "\(place).filter") ?? ""
    if let descending = value["descending"] {
      guard let bool = descending.bool else {
        throw Failure(.failed, "\(place).descending: expected true or false, found \(descending.typeName)")
      }
      list.isDescending = bool
    }
    return list
  }

  private static func text(_ value: JSONValue?, _ place: String) throws(Failure) -> String? {
    guard let value else { return nil }
    guard let text = value.string, text.utf8.count <= longestText else {
      throw Failure(.failed, "\(place): expected a text of at most \(longestText) bytes, found \(value.typeName)")
    }
    return text
  }

  /// What would be refused when it is read is not written.
  fileprivate static func fitting(_ text: String) -> String { text.utf8.count <= longestText ? text : "" }

  /// The file.
  public var text: String {
    var document = JSONObject()
    if let theme { document["theme"] = .string(theme) }
    if let density { document["density"] = .string(density.rawValue) }
    if !ringing.isEmpty { document["ring"] = .array(ringing.sorted().map { .string($0) }) }
    if isRingingForAll { document["ring_for_all"] = .bool(true) }
    var all = JSONObject()
    for id in ListID.allCases {
      guard let list = lists[id], list != List() else { continue }
      var object = JSONObject()
      if let columns = list.columns { object["columns"] = .array(columns.map { .string($0) }) }
      if let order = list.order { object["order"] = .string(order) }
      if list.isDescending { object["descending"] = .bool(true) }
      if !list.filter.isEmpty { object["filter"] = .string(list.filter) }
      all[id.rawValue] = .object(object)
    }
    document["lists"] = .object(all)
    if !history.isEmpty { document["history"] = .array(history.map { .string($0) }) }
    return JSONValue.object(document).text(indented: true) + "\n"
  }
}

extension ConsoleModel {
  /// How things are shown now.
  var habits: Kept {
    var kept = Kept()
    kept.theme = keptTheme
    if density != .short { kept.density = density }
    kept.ringing = ringing.names
    kept.isRingingForAll = !ringing.isForMine
    kept.history = history
    for id in ListID.allCases {
      var list = Kept.List(columns: looks[id]?.columns)
      switch id {
      case .jobs:
        if jobs.query.order != .id { list.order = jobs.query.order.rawValue }
        list.isDescending = jobs.query.isDescending
        list.filter = Kept.fitting(jobs.filter)
      case .renders:
        if renders.query.order != .name { list.order = renders.query.order.rawValue }
        list.isDescending = renders.query.isDescending
        list.filter = Kept.fitting(renders.filter)
      case .users:
        if users.query.order != .name { list.order = users.query.order.rawValue }
        list.isDescending = users.query.isDescending
        list.filter = Kept.fitting(users.filter)
      case .work:
        if work.query.order != .id { list.order = work.query.order.rawValue }
        list.isDescending = work.query.isDescending
        list.filter = Kept.fitting(work.filter)
      case .events: list.filter = Kept.fitting(events.filter.text)
      case .serverLog: list.filter = Kept.fitting(serverLog.filter.text)
      case .journal: list.filter = Kept.fitting(journal.filter.text)
      // The tree of the farm has order and filter in common with the list of renders.
      case .blocks, .tasks, .farm, .commands: break
      }
      if list != Kept.List() { kept.lists[id] = list }
    }
    return kept
  }

  /// Shows things as they were shown the last time.
  mutating func take(_ kept: Kept) {
    keptTheme = kept.theme
    density = kept.density ?? .short
    ringing.names = kept.ringing
    ringing.isForMine = !kept.isRingingForAll
    history = kept.history.suffix(Self.longestHistory).filter { $0.utf8.count <= Self.longestLine }
    for (id, list) in kept.lists {
      if let columns = list.columns { looks[id] = ListLook(columns: columns) }
      switch id {
      case .jobs:
        jobs.query.order = list.order.flatMap(JobsQuery.Order.init(rawValue:)) ?? .id
        jobs.query.isDescending = list.isDescending
        // A filter that is not understood any more, as of another version, is let go.
        try? filterJobs(list.filter)
      case .renders:
        renders.query.order = list.order.flatMap(RendersQuery.Order.init(rawValue:)) ?? .name
        renders.query.isDescending = list.isDescending
        try? filterRenders(list.filter)
      case .users:
        users.query.order = list.order.flatMap(UsersQuery.Order.init(rawValue:)) ?? .name
        users.query.isDescending = list.isDescending
        try? filterUsers(list.filter)
      case .work:
        work.query.order = list.order.flatMap(JobsQuery.Order.init(rawValue:)) ?? .id
        work.query.isDescending = list.isDescending
        try? filterWork(list.filter)
      case .events: try? events.set(filter: list.filter)
      case .serverLog: try? serverLog.set(filter: list.filter)
      case .journal: try? journal.set(filter: list.filter)
      case .blocks, .tasks, .farm, .commands: break
      }
    }
    lastKept = habits
  }

  /// Something to be kept has changed.
  mutating func keep() -> [ConsoleEffect] {
    let now = habits
    guard now != lastKept else { return [] }
    lastKept = now
    return [.keep(now)]
  }
}
