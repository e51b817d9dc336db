/// Elements in ascending order, in chunks of bounded size: O(log n) to find, and a short move of memory to insert or remove.
/// No two elements may be equal.
struct SortedChunks<Element: Comparable & Sendable>: Sendable {
  private static var bound: Int { 128 }
  /// None of them is empty.
  fileprivate var chunks: [[Element]] = []
  private(set) var count = 0

  var isEmpty: Bool { chunks.isEmpty }
  var first: Element? { chunks.first?[0] }
  var last: Element? { chunks.last?.last }

  /// A place between elements, or of one.
  struct Place {
    var chunk: Int
    var index: Int
  }

  /// Where the first element stands that is not less than this one.
  private func lowerBound(_ element: Element) -> Place {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) >> 1
      if chunks[middle][chunks[middle].count - 1] < element { low = middle + 1 } else { high = middle }
    }
    if low == chunks.count { return Place(chunk: low, index: 0) }
    var from = 0
    var to = chunks[low].count
    while from < to {
      let middle = (from + to) >> 1
      if chunks[low][middle] < element { from = middle + 1 } else { to = middle }
    }
    return Place(chunk: low, index: from)
  }

  func contains(_ element: Element) -> Bool {
    let place = lowerBound(element)
    return place.chunk < chunks.count && chunks[place.chunk][place.index] == element
  }

  mutating func insert(_ element: Element) {
    var place = lowerBound(element)
    count += 1
    if place.chunk == chunks.count {
      if chunks.isEmpty {
        chunks.append([element])
        return
      }
      place.chunk -= 1
      place.index = chunks[place.chunk].count
    }
    chunks[place.chunk].insert(element, at: place.index)
    if chunks[place.chunk].count > Self.bound {
      let half = Self.bound / 2
      let upper = Array(chunks[place.chunk][half...])
      chunks[place.chunk].removeSubrange(half...)
      chunks.insert(upper, at: place.chunk + 1)
    }
  }

  /// - Precondition: it is in there.
  mutating func remove(_ element: Element) {
    let place = lowerBound(element)
    precondition(place.chunk < chunks.count && chunks[place.chunk][place.index] == element, "removed what was not there")
    count -= 1
    if chunks[place.chunk].count == 1 {
      chunks.remove(at: place.chunk)
      return
    }
    chunks[place.chunk].remove(at: place.index)
    // Small neighbours become one, so that the number of chunks follows the number of elements.
    let next = place.chunk + 1
    if next < chunks.count, chunks[place.chunk].count + chunks[next].count < Self.bound / 2 {
      let upper = chunks.remove(at: next)
      chunks[place.chunk].append(contentsOf: upper)
    }
  }

  /// The greatest element less than this one, and the least one greater.
  func neighbours(of element: Element) -> (before: Element?, after: Element?) {
    let place = lowerBound(element)
    var before: Element?
    if place.index > 0 {
      before = chunks[place.chunk][place.index - 1]
    } else if place.chunk > 0 {
      before = chunks[place.chunk - 1].last
    }
    guard place.chunk < chunks.count else { return (before, nil) }
    if chunks[place.chunk][place.index] != element { return (before, chunks[place.chunk][place.index]) }
    if place.index + 1 < chunks[place.chunk].count { return (before, chunks[place.chunk][place.index + 1]) }
    return (before, place.chunk + 1 < chunks.count ? chunks[place.chunk + 1].first : nil)
  }

  /// At most `limit` elements in order: those greater than `element`, or from the first.
  func elements(after element: Element? = nil, limit: Int = .max) -> [Element] {
    var place = Place(chunk: 0, index: 0)
    if let element {
      place = lowerBound(element)
      if place.chunk < chunks.count, chunks[place.chunk][place.index] == element { place.index += 1 }
    }
    var found: [Element] = []
    found.reserveCapacity(Swift.min(limit, count))
    while place.chunk < chunks.count, found.count < limit {
      let chunk = chunks[place.chunk]
      if place.index < chunk.count { found.append(contentsOf: chunk[place.index...].prefix(limit - found.count)) }
      place = Place(chunk: place.chunk + 1, index: 0)
    }
    return found
  }
}

extension SortedChunks {
  /// Shows the elements in order until one is enough.
  func visit(_ isEnough: (Element) -> Bool) {
    for chunk in chunks {
      for element in chunk where isEnough(element) { return }
    }
  }
}
