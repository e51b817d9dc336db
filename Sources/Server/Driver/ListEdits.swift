import Model
import Scheduler
import Wire

/// Words that go into a list of a node or out of it: what the list becomes differs from node to node, so that each gets an edit of
/// its own.
enum ListEdits {
  private static let lists = "services and services_disabled of renders and pools"

  /// Edits with new values only.
  ///
  /// - Throws: `Failure(.usage)` for a key that is no list, `.notFound` when no node is meant.
  static func expand(_ request: EditRequest, _ farm: Farm) throws(Failure) -> [Edit] {
    if let edit = request.edit { return [edit] }
    for change in request.changes where change.manner != .set {
      guard change.key == "services" || change.key == "services_disabled" else {
        throw Failure(.usage, "\(change.key): += and -= are for \(lists)")
      }
      guard change.value.string?.isEmpty == false else { throw Failure(.usage, "\(change.key): expected a word") }
    }
    var edits: [Edit] = []
    switch request.target {
    case .pools(let selection):
      let all = farm.poolSummaries()
      for name in try names(selection, all.map(\.path), "pool") {
        guard let pool = all.first(where: { $0.path == name }) else { continue }
        edits.append(edit(request.changes, .pools(.names([name])), pool.parameters.farm))
      }
    case .renders(let selection):
      let all = farm.renderIDs().compactMap { farm.render($0)?.name }
      for name in try names(selection, all, "render") {
        guard let id = farm.render(named: name), let parameters = farm.renderParameters(id) else { continue }
        edits.append(edit(request.changes, .renders(.names([name])), parameters.farm))
      }
    default: throw Failure(.usage, "+= and -= are for \(lists)")
    }
    return edits
  }

  private static func names(_ selection: NodeSelection, _ all: [String], _ kind: String) throws(Failure) -> [String] {
    switch selection {
    case .names(let names):
      let there = Set(all)
      if let missing = names.first(where: { !there.contains($0) }) {
        throw Failure(.notFound, "there is no \(kind) \"\(missing.prefix(64))\"")
      }
      return names
    case .mask(let mask):
      let pattern: Pattern
      do { pattern = try Pattern(mask) } catch { throw Failure(.usage, "\(error)") }
      let found = all.filter { pattern.matchesWhole($0) }
      guard !found.isEmpty else { throw Failure(.notFound, "no \(kind) matches \"\(mask.prefix(64))\"") }
      return found
    }
  }

  private static func edit(_ changes: [EditRequest.Change], _ target: EditTarget, _ farm: FarmParameters) -> Edit {
    var lists = ["services": farm.services, "services_disabled": farm.servicesDisabled]
    var edit = Edit(target: target, changes: [])
    for change in changes {
      guard change.manner != .set, let word = change.value.string, var list = lists[change.key] else {
        edit.changes.append(Edit.Change(key: change.key, value: change.value))
        continue
      }
      list.removeAll { $0 == word }
      if change.manner == .add { list.append(word) }
      lists[change.key] = list
      edit.changes.removeAll { $0.key == change.key }
      edit.changes.append(Edit.Change(key: change.key, value: .array(list.map(JSONValue.string))))
    }
    return edit
  }
}
