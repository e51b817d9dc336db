import Model
import Wire

/// A field in which what an order needs is typed.
struct FieldOverlay: Sendable {
  var kind: Order.Kind
  var action: Action
  var ask: Order.Ask
  var scope: OrderScope
  /// `Priority of job 12 “shot_010”`.
  var title: String
  /// Of a parameter.
  var row: ParameterRow?
  /// The first node's, when it is known.
  var values: ParameterValues?
  var editor = LineEditor()
  /// Nothing was typed yet: the value that there is may still come into the field.
  var isUntouched = true
  /// What is wrong with what stands there.
  var fault: String?
  /// The request for the values.
  var request: RequestNumber = 0
}

/// The parameters of what is pointed at, to choose one from.
struct ParametersOverlay: Sendable {
  var kind: Order.Kind
  var action: Action
  var scope: OrderScope
  var rows: [ParameterRow]
  var values: ParameterValues?
  var failure: String?
  /// Typed: what the rows are to have in their names.
  var search = LineEditor()
  var cursor = 0
  var request: RequestNumber = 0

  /// The rows that have what was typed in their names or in what they mean: those with it in their names first.
  var found: [ParameterRow] {
    let text = search.string.trimmed.lowercased()
    if text.isEmpty { return rows }
    let named = rows.filter { $0.key.lowercased().contains(text) }
    return named + rows.filter { !$0.key.lowercased().contains(text) && $0.meaning.lowercased().contains(text) }
  }

  var current: ParameterRow? {
    let found = found
    return found.indices.contains(cursor) ? found[cursor] : nil
  }
}

/// Rows that were refused, with the reasons.
struct AnswersOverlay: Sendable {
  /// What was ordered.
  var title: String
  /// Rows that were not refused.
  var done: Int
  /// The same as the server says it, of rows that nobody sees: `309 jobs`.
  var doneWords: String?
  var refused: [RenderAnswer]
  var top = 0
}

/// A text that is in the person's editor, or on the way there.
struct Editing: Hashable, Sendable {
  var kind: Order.Kind
  var action: Action
  var key: String
  var scope: OrderScope
  /// As it was.
  var text = ""
}
