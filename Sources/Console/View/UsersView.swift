import Model

extension Painter {
  mutating func users(_ layout: FrameLayout) {
    let page = model.users
    let empty =
      page.query.isFilter
      ? ["No user passes the filter “\(page.filter)”.", "f changes it; Esc shows all."]
      : ["No users yet: they come with their first job."]
    list(
      page.list, userColumns(page.query), of: .users, headingRow: layout.body.row, in: layout.list,
      isDescending: page.query.isDescending,
      search: model.search, empty: empty, isTagged: { [tags = model.tags.users] in tags.contains($0.summary.name) })
    if page.query.isFilter { filterMark(page.filter, row: layout.body.row) }
  }

  func userColumns(_ query: UsersQuery) -> [Column<UserRow>] {
    let theme = theme
    func value(_ title: String, _ key: String, most: Int, importance: Int, isRight: Bool = true, isSorted: Bool? = nil)
      -> Column<UserRow>
    {
      let least = max(title.count, min(most, isRight ? 4 : 8))
      return Column(
        title: title, least: least, most: max(most, least), importance: importance, isRight: isRight, isSorted: isSorted
      ) {
        row, _ in .text(NodeText.short(key, row.parameters, Parameters.user), theme[.muted])
      }
    }
    return [
      Column(title: "NAME", least: 10, most: 24, importance: 20, isSorted: query.order == .name) { row, _ in
        .text(row.summary.name, nil)
      },
      Column(title: "STATE", least: 7, most: 9, importance: 18) { row, _ in
        let (word, letter) = Self.state(row)
        return .text(word, theme[letter])
      },
      Column(title: "JOBS", least: 4, most: 7, importance: 17, isRight: true, isSorted: query.order == .jobs) { row, _ in
        .text("\(row.summary.jobs)", nil)
      },
      Column(title: "RUN", least: 5, most: 7, importance: 19, isRight: true, isSorted: query.order == .running) { row, width in
        .text(Numbers.quiet(row.summary.running, columns: width), theme[row.summary.running > 0 ? .running : .nothing])
      },
      value("LIMIT", "max_running_tasks", most: 6, importance: 16),
      value("PER HOST", "max_running_tasks_per_host", most: 8, importance: 11),
      value("PRI", "priority", most: 4, importance: 15, isSorted: query.order == .priority),
      value("HOSTS", "hosts_mask", most: 24, importance: 10, isRight: false),
      value("NOT ON", "hosts_mask_exclude", most: 24, importance: 8, isRight: false),
      value("RETRIES", "errors_retries", most: 7, importance: 12),
      value("AVOID", "errors_avoid_host", most: 6, importance: 7),
      value("SAME", "errors_task_same_host", most: 6, importance: 6),
      value("FORGIVE", "errors_forgive_time", most: 8, importance: 5),
      value("LIFE", "jobs_life_time", most: 8, importance: 3),
      value("ANNOTATION", "annotation", most: 40, importance: 2, isRight: false),
    ]
  }

  /// In a word.
  static func state(_ row: UserRow) -> (word: String, letter: StateLetter) {
    if row.parameters["paused"]?.bool == true { return ("paused", .suspended) }
    if row.summary.running > 0 { return ("running", .running) }
    return row.summary.jobs > 0 ? ("waits", .waitDependency) : ("idle", .nothing)
  }
}

/// Values of nodes that are no jobs.
enum NodeText {
  /// As it stands or as it is by default; what is empty or without a limit is a dash.
  static func short<Node>(_ key: String, _ own: JSONObject, _ table: ParameterTable<Node>) -> String {
    guard let value = own[key] ?? table[key]?.defaultValue else { return "-" }
    if let number = value.integer { return number < 0 ? "-" : "\(number)" }
    return text(value).isEmpty ? "-" : text(value)
  }

  /// Without what only JSON needs.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let list) where list.allSatisfy { $0.string != nil }: list.compactMap(\.string).joined(separator: " ")
    case .object(let object): object.members.map { "\($0.key)=\(text($0.value))" }.joined(separator: " ")
    default: value.text()
    }
  }

  /// All parameters: what somebody set, and how the rest is by default.
  static func lines<Node>(_ own: JSONObject, _ table: ParameterTable<Node>) -> [DialogLine] {
    let set = own.members.map { DialogLine(left: $0.key, right: text($0.value)) }
    let rest = table.parameters.filter { own[$0.key] == nil && $0.isInNode }.compactMap { parameter -> DialogLine? in
      guard let value = parameter.defaultValue else { return nil }
      let words = text(value)
      return words.isEmpty || words == "-1" || words == "false" ? nil : DialogLine(left: parameter.key, right: words)
    }
    return [DialogLine(left: "Set", isHeading: true)] + (set.isEmpty ? [DialogLine(left: "nothing")] : set)
      + [DialogLine(left: "By default", isHeading: true)] + rest
  }
}
