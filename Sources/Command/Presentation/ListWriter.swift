import Model
import Text

/// Writes a list page by page, so that a long one shows at once and is never held whole: a table for people, one document for
/// programs, `{"jobs": […]}` with a row on each line.
struct ListWriter {
  let call: Call
  /// Afanasy's word: `jobs`, `renders`…
  let key: String
  private var rows = 0
  private var widths: [Int]?

  init(_ call: Call, key: String) {
    self.call = call
    self.key = key
  }

  mutating func page(_ table: @autoclosure () -> Table, _ objects: @autoclosure () -> [JSONObject]) {
    if call.wantsJSON {
      var text = ""
      for object in objects() {
        text += rows == 0 ? "{\"\(key)\": [\n" : ",\n"
        text += JSONValue.object(object).text()
        rows += 1
      }
      if !text.isEmpty { call.out.write(text) }
    } else {
      var table = table()
      table.minimumWidths = widths ?? []
      call.show(table, header: widths == nil)
      widths = table.widths
    }
  }

  mutating func finish() {
    if call.wantsJSON { call.out.write(rows == 0 ? "{\"\(key)\": []}\n" : "\n]}\n") }
  }
}
