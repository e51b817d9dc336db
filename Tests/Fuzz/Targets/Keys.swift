import Model

@testable import Console

extension FuzzTarget {
  /// What a terminal sends.
  static let keys = FuzzTarget("keys") { bytes in
    var input = FuzzInput(bytes)
    let cut = Int(input.byte()) + 1
    let all = input.rest()
    var whole = InputParser()
    let inputs = whole.feed(all) + whole.expire()
    var portions = InputParser()
    var parts: [Input] = []
    for start in stride(from: 0, to: all.count, by: cut) { parts += portions.feed(all[start..<min(start + cut, all.count)]) }
    parts += portions.expire()
    demand(parts == inputs, "keys are the same wherever the bytes were cut")
  }
}
