import Model
import Text

extension Painter {
  mutating func renders(_ layout: FrameLayout) {
    let page = model.renders
    let empty =
      page.query.isFilter
      ? ["No render passes the filter “\(page.filter)”.", "f changes it; Esc shows all."]
      : ["No renders. Start one on any machine:", "reeve-render --server \(model.options.server)"]
    list(
      page.list, renderColumns(page.query), of: .renders, headingRow: layout.body.row, in: layout.list,
      isDescending: page.query.isDescending,
      search: page.search, empty: empty, isTagged: { [tags = model.tags.renders] in tags[$0.id] != nil })
    if page.query.isFilter { filterMark(page.filter, row: layout.body.row) }
  }

  func renderColumns(_ query: RendersQuery) -> [Column<RenderSummary>] {
    let theme = theme
    let density = model.density
    func off(_ row: RenderSummary) -> Bool { !row.state.contains(.online) }
    return [
      Column(title: "NAME", tight: 10, least: 12, most: 32, importance: 20, isSorted: query.order == .name) { row, _ in
        .text(row.name, off(row) ? theme[.muted] : nil)
      },
      Column(title: "STATE", brief: "ST", tight: 3, least: 8, most: 20, importance: 19, isSorted: query.order == .state) {
        row, width in
        .text(StateWords.fitted(row.state, columns: width, density), theme[StateWords.look(row.state)])
      },
      Column(title: "LOAD", least: 5, most: 6, importance: 14, isRight: true, isSorted: query.order == .load) { row, _ in
        .text(off(row) ? "-" : Format.hundredths(row.resources.loadHundredths.first ?? 0), nil)
      },
      Column(title: "CPU", full: "PROCESSOR", least: 4, most: 4, importance: 15, isRight: true, isSorted: query.order == .cpu) {
        row, _ in
        .text(off(row) ? "-" : "\(row.resources.cpuPercent)%", theme[Self.gauge(row.resources.cpuPercent)])
      },
      Column(
        title: "CORES", brief: "CO", tight: 3, least: 5, most: 5, importance: 3, isRight: true, isSorted: query.order == .cores
      ) { row, _ in
        .text("\(row.resources.cpuCount)", theme[.muted])
      },
      Column(title: "MEM", full: "MEMORY USED", least: 4, most: 4, importance: 13, isRight: true, isSorted: query.order == .memory)
      { row, _ in
        let used = Self.usedPercent(total: row.resources.memoryTotalMB, free: row.resources.memoryFreeMB)
        return .text(off(row) || used < 0 ? "-" : "\(used)%", theme[Self.gauge(used)])
      },
      Column(title: "MEMORY", least: 18, most: 18, importance: 2, isRight: true) { row, _ in
        let resources = row.resources
        return .text(
          off(row)
            ? "-"
            : "\(Format.size(mebibytes: resources.memoryTotalMB - resources.memoryFreeMB)) of \(Format.size(mebibytes: resources.memoryTotalMB))",
          theme[.muted])
      },
      Column(title: "GPU", full: "GRAPHICS", least: 4, most: 4, importance: 1, isRight: true, isSorted: query.order == .gpu) {
        row, _ in
        .text(row.resources.gpuPercent < 0 || off(row) ? "-" : "\(row.resources.gpuPercent)%", theme[.muted])
      },
      Column(title: "CAPACITY", brief: "CAP", least: 10, most: 14, importance: 8, isRight: true, isSorted: query.order == .capacity)
      { row, width in
        .text(
          "\(Numbers.compact(Int(row.capacityUsed), columns: width / 2))/\(Numbers.compact(Int(row.capacity), columns: width / 2))",
          nil)
      },
      Column(
        title: "TASKS", brief: "T", tight: 4, least: 6, most: 8, importance: 16, isRight: true, isSorted: query.order == .tasks
      ) { row, _ in
        .text("\(row.running.count)/\(row.maxTasks)", row.running.isEmpty ? theme[.muted] : theme[.running])
      },
      Column(title: "RUNNING", least: 14, most: 60, importance: 9) { row, _ in
        .text(row.running.isEmpty ? "-" : row.running.map(\.description).joined(separator: " "), theme[.muted])
      },
      Column(title: "USER", least: 8, most: 12, importance: 4, isSorted: query.order == .user) { row, _ in
        .text(row.user, theme[.muted])
      },
      Column(title: "OS", full: "SYSTEM", least: 10, most: 24, importance: 0, isSorted: query.order == .os) { row, _ in
        .text(row.os, theme[.muted])
      },
    ]
  }

  /// -1: not known.
  static func usedPercent(total: Int64, free: Int64) -> Int32 {
    total <= 0 ? -1 : Int32(clamping: max(0, total - free) * 100 / total)
  }

  private static func gauge(_ percent: Int32) -> Theme.Role { percent >= 90 ? .tagged : .text }
}
