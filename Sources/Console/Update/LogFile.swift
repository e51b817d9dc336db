import Model
import Text

extension ConsoleModel {
  mutating func turnTimes() {
    guard let page = log else { return }
    log?.showsTimes.toggle()
    if !page.showsTimes, !page.buffer.hasArrivals { say("no line has a time yet: all of this was there before") }
  }

  mutating func openSave() {
    guard let page = log else { return }
    guard !page.buffer.isEmpty else { return say("there is nothing to be saved: nothing was written yet", .bad) }
    prompt = Prompt(kind: .save, editor: LineEditor("job\(page.key.job)-\(page.key.block)-\(page.key.task).log"))
  }

  mutating func save(to path: String) -> [ConsoleEffect] {
    guard let page = log, !path.trimmed.isEmpty else { return [] }
    if page.buffer.dropped > 0 || page.startsLate {
      say("only the end of the output is held here: reeve log has all of it")
    }
    return [.save(path: path.trimmed, page.buffer.all)]
  }

  /// What is held, its controls made visible: a pager may hand them to the terminal.
  mutating func openPager() -> [ConsoleEffect] {
    guard let page = log, !page.buffer.isEmpty else {
      say("there is nothing to be read: nothing was written yet", .bad)
      return []
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(page.buffer.all.count)
    for line in 0..<page.buffer.count {
      bytes += Sanitize.output(page.buffer.text(line)).utf8
      bytes.append(0x0A)
    }
    return [.pager(bytes)]
  }
}

extension LogPage {
  /// Whether what is held does not begin where the output began.
  fileprivate var startsLate: Bool { buffer.next > UInt64(buffer.all.count) }
}
