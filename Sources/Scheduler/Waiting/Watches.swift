import Model

/// Who waits for the jobs of which names (`depend_mask` and `depend_mask_global`, reference/afanasy.md section 3.11).
///
/// A *watch* is one mask on the jobs of one user, or of all; however many jobs give it, it exists once. It knows the jobs that it
/// sees: those with a matching name that are not done. A job waits while a watch of its own sees some other job. So a job that
/// comes, goes, is done or is to be done again concerns only the watches that match its name: plain names by look-up, expressions
/// by trying them.
struct Watches: Sendable {
  struct Key: Hashable, Sendable {
    var mask: String
    /// Place in `Farm.people`; nil: everybody's jobs.
    var user: Int?
  }
  struct Watch: Sendable {
    let key: Key
    /// nil: the mask is a plain name.
    let pattern: Pattern?
    /// Begins every name that it matches.
    let prefix: String
    var sees = SortedChunks<JobID>()
    var waiters = SortedChunks<JobID>()
  }
  private var watches: [Watch?] = []
  private var free: [Int] = []
  private var places: [Key: Int] = [:]
  /// Places of those that are expressions, ascending, by user.
  private var expressions: [Int?: [Int]] = [:]

  subscript(place: Int) -> Watch? { watches[place] }
  func place(_ key: Key) -> Int? { places[key] }

  /// The place of a watch, which is made if there was none.
  ///
  /// - Returns: whether it is new: then it sees nothing yet.
  /// - Throws: when the mask does not compile.
  mutating func watch(_ key: Key) throws(PatternError) -> (place: Int, isNew: Bool) {
    if let known = places[key] { return (known, false) }
    let isPlain = MaskText.isPlain(key.mask)
    let watch = Watch(key: key, pattern: isPlain ? nil : try Pattern(key.mask), prefix: MaskText.prefix(key.mask))
    let place = free.popLast() ?? watches.count
    if place == watches.count { watches.append(watch) } else { watches[place] = watch }
    places[key] = place
    if !isPlain {
      let all = expressions[key.user] ?? []
      expressions[key.user] = (all + [place]).sorted()
    }
    return (place, true)
  }

  /// The watches that see a job of this name unless it is done, ascending.
  func matching(_ name: String, user: Int?) -> [Int] {
    if places.isEmpty { return [] }
    var found: [Int] = []
    for user in user.map({ [$0, nil] }) ?? [nil] {
      if let plain = places[Key(mask: name, user: user)], watches[plain]?.pattern == nil { found.append(plain) }
      for place in expressions[user] ?? [] {
        if let watch = watches[place], watch.matches(name) { found.append(place) }
      }
    }
    return found.sorted()
  }

  /// A watch sees a job from now on, or no longer.
  ///
  /// - Returns: the jobs that may have begun or ceased to wait.
  mutating func see(_ job: JobID, _ place: Int, isSeen: Bool) -> [JobID] {
    guard let before = watches[place]?.sees.count else { return [] }
    if isSeen { watches[place]?.sees.insert(job) } else { watches[place]?.sees.remove(job) }
    let after = watches[place]?.sees.count ?? 0
    // Between two other jobs and three nothing changes for anybody.
    return min(before, after) <= 1 ? watches[place]?.waiters.elements() ?? [] : []
  }

  mutating func wait(_ job: JobID, for place: Int) { watches[place]?.waiters.insert(job) }

  /// - Returns: the jobs that a watch saw which nobody needs any more.
  mutating func cease(_ job: JobID, for place: Int) -> [JobID] {
    watches[place]?.waiters.remove(job)
    guard let watch = watches[place], watch.waiters.isEmpty else { return [] }
    places[watch.key] = nil
    expressions[watch.key.user]?.removeAll { $0 == place }
    watches[place] = nil
    free.append(place)
    return watch.sees.elements()
  }

  /// Whether a watch sees another job than this one.
  func holds(_ job: JobID, _ place: Int) -> Bool {
    guard let watch = watches[place] else { return false }
    return watch.sees.count > (watch.sees.contains(job) ? 1 : 0)
  }

  var count: Int { places.count }
}

extension Watches.Watch {
  func matches(_ name: String) -> Bool {
    guard let pattern else { return name == key.mask }
    return name.hasPrefix(prefix) && pattern.matchesWhole(name)
  }
}

/// What can be said of a mask without trying it.
enum MaskText {
  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x24, 0x28...0x2B, 0x2E, 0x3F, 0x5B...0x5E, 0x7B...0x7D: true  // $ ( ) * + . ? [ \ ] ^ { | }
    default: false
    }
  }

  /// Whether it matches the text as it stands and nothing else.
  static func isPlain(_ mask: String) -> Bool { !mask.utf8.contains(where: isSpecial) }

  /// Begins every text that it matches; may be shorter than it could be.
  static func prefix(_ mask: String) -> String {
    let plain = mask.unicodeScalars.prefix { !$0.isASCII || !isSpecial(UInt8($0.value)) }
    if plain.count == mask.unicodeScalars.count { return mask }
    if mask.utf8.contains(0x7C) { return "" }
    let next = mask.unicodeScalars[plain.endIndex]
    // What follows may say that the last character need not be there.
    return String(String.UnicodeScalarView("*?{".unicodeScalars.contains(next) ? plain.dropLast() : plain))
  }
}
