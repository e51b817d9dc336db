import Model
import Wire

/// Orders for which something is typed: the value of a parameter, a word, a name.
extension ConsoleModel {
  mutating func openField(_ order: Order, _ ask: Order.Ask, _ scope: OrderScope) -> [ConsoleEffect] {
    var title = order.title.hasSuffix("…") ? String(order.title.dropLast()) : order.title
    title += ": \(scope.subject)"
    return open(field: FieldOverlay(kind: order.kind, action: order.action, ask: ask, scope: scope, title: title))
  }

  /// - Parameter values: as far as they are known already.
  private mutating func open(field wanted: FieldOverlay) -> [ConsoleEffect] {
    var field = wanted
    field.row = field.ask.key.flatMap { key in field.kind.parameters?.first { $0.key == key } }
    var effects: [ConsoleEffect] = []
    if field.row != nil, case .rows(let target) = field.scope, let place = target.nodes.place {
      if field.values == nil {
        lastRequest += 1
        field.request = lastRequest
        effects = [.fetchParameters(lastRequest, place)]
      }
    }
    field.fill()
    overlay = .field(field)
    return effects
  }

  mutating func openParameters(_ order: Order, _ scope: OrderScope) -> [ConsoleEffect] {
    guard case .rows(let target) = scope, let place = target.nodes.place, let rows = order.kind.parameters else { return [] }
    lastRequest += 1
    overlay = .parameters(
      ParametersOverlay(kind: order.kind, action: order.action, scope: scope, rows: rows, request: lastRequest))
    return [.fetchParameters(lastRequest, place)]
  }

  mutating func openEditor(_ order: Order, _ key: String, _ scope: OrderScope) -> [ConsoleEffect] {
    guard case .rows(let target) = scope, target.count == 1, let place = target.nodes.place else {
      say("a text is edited for one row at a time: u untags", .bad)
      return []
    }
    lastRequest += 1
    editing[lastRequest] = Editing(kind: order.kind, action: order.action, key: key, scope: scope)
    say("\(key) of \(target.subject)…")
    return [.fetchParameters(lastRequest, place)]
  }

  // MARK: - What the server says

  mutating func received(_ request: RequestNumber, _ result: Result<ParameterValues, Failure>) -> [ConsoleEffect] {
    if var open = editing[request] {
      switch result {
      case .failure(let failure):
        editing[request] = nil
        say("\(open.key): \(failure.message)", .bad)
        return []
      case .success(let values):
        open.text = values.own[open.key]?.string ?? ""
        editing[request] = open
        return [.editText(request, open.text)]
      }
    }
    switch (overlay, result) {
    case (.field(var field)?, .success(let values)) where field.request == request:
      field.values = values
      field.fill()
      overlay = .field(field)
    case (.parameters(var list)?, .success(let values)) where list.request == request:
      list.values = values
      overlay = .parameters(list)
    case (.parameters(var list)?, .failure(let failure)) where list.request == request:
      list.failure = failure.message
      overlay = .parameters(list)
    // A field can be filled without knowing what there was.
    default: break
    }
    return []
  }

  /// The editor is over.
  mutating func textEdited(_ request: RequestNumber, _ result: Result<String, Failure>) -> [ConsoleEffect] {
    guard let open = editing.removeValue(forKey: request) else { return [] }
    guard let order = Order.table.first(where: { $0.kind == open.kind && $0.action == open.action }) else { return [] }
    switch result {
    case .failure(let failure):
      say(failure.message, .bad)
      return []
    case .success(let text):
      guard text != open.text else {
        say("\(open.key) is as it was")
        return []
      }
      let change = EditRequest.Change(key: open.key, value: .string(text))
      if let fault = fault([change], open.kind) {
        say("\(open.key): \(fault)", .bad)
        return []
      }
      return give(order, .edit([change]), open.scope)
    }
  }

  // MARK: - Keys

  /// Keys of what is typed into; nil: nothing of the kind is open.
  mutating func handleTyped(_ key: KeyStroke) -> [ConsoleEffect]? {
    let isCancel = [KeyStroke(.escape), KeyStroke(.character("c"), .control), KeyStroke(.character("g"), .control)].contains(key)
    switch overlay {
    case .field(var field)?:
      if isCancel {
        overlay = nil
        say("nothing was done")
      } else if key == KeyStroke(.enter) {
        return accept(field)
      } else if field.editor.handle(key.key, key.modifiers) {
        field.isUntouched = false
        field.fault = nil
        overlay = .field(field)
      }
      return []
    case .parameters(var list)?:
      let count = list.found.count
      switch key {
      case _ where isCancel:
        if list.search.text.isEmpty {
          overlay = nil
          return []
        }
        list.search = LineEditor()
        list.cursor = 0
      case KeyStroke(.enter):
        guard let row = list.current else { return [] }
        return open(
          field: FieldOverlay(
            kind: list.kind, action: list.action, ask: .value(row.key), scope: list.scope,
            title: "\(row.key): \(list.scope.subject)", values: list.values))
      case KeyStroke(.up), KeyStroke(.character("p"), .control): list.cursor = max(0, list.cursor - 1)
      case KeyStroke(.down), KeyStroke(.character("n"), .control): list.cursor = min(count - 1, list.cursor + 1)
      case KeyStroke(.pageUp): list.cursor = max(0, list.cursor - max(1, size.rows - 8))
      case KeyStroke(.pageDown): list.cursor = min(count - 1, list.cursor + max(1, size.rows - 8))
      default: if list.search.handle(key.key, key.modifiers) { list.cursor = 0 }
      }
      list.cursor = max(0, list.cursor)
      overlay = .parameters(list)
      return []
    default: return nil
    }
  }

  /// Pasted into what is typed into.
  mutating func paste(_ text: String) {
    switch overlay {
    case .field(var field)?:
      field.editor.insert(text)
      field.isUntouched = false
      field.fault = nil
      overlay = .field(field)
    case .parameters(var list)?:
      list.search.insert(text)
      list.cursor = 0
      overlay = .parameters(list)
    default: break
    }
  }

  /// Checks what was typed before it is sent: what is wrong is told at the field.
  private mutating func accept(_ field: FieldOverlay) -> [ConsoleEffect] {
    guard let order = Order.table.first(where: { $0.kind == field.kind && $0.action == field.action }) else { return [] }
    var scope = field.scope
    let deed: PendingOrder.Deed
    do throws(Failure) {
      switch field.ask {
      case .name: (deed, scope) = (.create, try below(field))
      default: deed = .edit([try change(field)])
      }
    } catch {
      var field = field
      field.fault = error.message
      overlay = .field(field)
      return []
    }
    overlay = nil
    return give(order, deed, scope)
  }

  private func change(_ field: FieldOverlay) throws(Failure) -> EditRequest.Change {
    let text = field.editor.string
    var change: EditRequest.Change
    switch field.ask {
    case .word(let key, let manner):
      guard !text.trimmed.isEmpty, !text.trimmed.contains(" ") else { throw Failure(.usage, "expected a word") }
      // The word is checked as the only one of a list: the server knows the others.
      change = EditRequest.Change(key: key, value: .array([.string(text.trimmed)]))
      if let fault = fault([change], field.kind) { throw Failure(.usage, fault) }
      return EditRequest.Change(key: key, value: .string(text.trimmed), manner: manner)
    case .member(let key):
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw Failure(.usage, "expected NAME=COUNT, as NUKE=40; NAME=null takes it out")
      }
      change = EditRequest.Change(
        key: "\(key).\(String(text[..<equals]).trimmed)",
        value: ChangeSyntax.value(String(text[text.index(after: equals)...]).trimmed))
    case .value, .name:
      let key = field.ask.key ?? ""
      change = EditRequest.Change(key: key, value: ParameterText.value(text, field.row?.kind ?? .string(Limits.textBytes)))
    }
    if let fault = fault([change], field.kind) { throw Failure(.usage, fault) }
    return change
  }

  /// What the table of parameters has against a change; nil: nothing.
  func fault(_ changes: [EditRequest.Change], _ kind: Order.Kind) -> String? {
    do throws(Failure) {
      try EditCheck.check(EditRequest(target: kind.anybody, changes: changes))
      return nil
    } catch { return error.message }
  }

  /// The node that is to be made.
  private func below(_ field: FieldOverlay) throws(Failure) -> OrderScope {
    let name = field.editor.string.trimmed
    guard !name.isEmpty, !name.contains("/"), !name.contains(" ") else {
      throw Failure(.usage, "expected a name without blanks and slashes")
    }
    guard case .rows(let target) = field.scope, let parent = target.nodes.names.first, target.count == 1 else {
      throw Failure(.usage, "one row at a time: u untags")
    }
    let path = parent == "/" ? "/\(name)" : "\(parent)/\(name)"
    let nodes: OrderNodes = field.kind == .pool ? .pools([path]) : .branches([path])
    return .rows(Target(nodes: nodes, subject: "\(field.kind.rawValue) \(path)"))
  }
}

extension FieldOverlay {
  /// The value that there is comes into the field, unless something was typed.
  mutating func fill() {
    guard isUntouched, case .value = ask, let row, let value = values?.value(row), value != .null else { return }
    let text = ParameterText.text(value, row.kind)
    if text.count > LineEditor.longest || text.contains(where: \.isNewline) {
      fault = "the value is too long for a line: what is typed takes its place"
    } else {
      editor = LineEditor(text)
    }
  }
}

extension Order.Ask {
  /// The parameter that it is about.
  var key: String? {
    switch self {
    case .value(let key), .word(let key, _), .member(let key): key
    case .name: nil
    }
  }
}

extension Order.Kind {
  /// Whose parameters, whoever it is.
  fileprivate var anybody: EditTarget {
    switch self {
    case .job: .jobs(.ids([]))
    case .block, .systemBlock: .blocks(.ids([]), nil)
    case .task, .systemTask: .tasks(.ids([]), .index(BlockIndex(0)), [])
    case .branch: .branches(.names([]))
    case .render: .renders(.names([]))
    case .pool: .pools(.names([]))
    case .user: .users(.names([]))
    }
  }
}
