import Files
public import Model

/// What is wrong with a setting, and where it was given.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  public let source: String
  public let message: String
  public var description: String { "\(source): \(message)" }
}

/// The configuration of a program: CGRU's files, the environment and the command line, strongest last (interface.md "Everywhere").
public struct Settings: Sendable, Hashable {
  private var values: [String: JSONValue] = [:]
  /// Where each value came from, for `--check-config` and logs.
  public private(set) var sources: [String: String] = [:]
  /// Files that were read.
  public private(set) var files: [String] = []

  /// Built-in defaults only.
  public init() {}

  /// Reads everything.
  ///
  /// - Parameters:
  ///   - files: given by `--config`, each stronger than the one before; must exist.
  ///   - overrides: keys and values of the command line.
  ///   - environment: `REEVE_<KEY IN UPPER CASE>` and CGRU's `CGRU_<KEY IN UPPER CASE>`.
  ///   - places: of the system's and the user's file.
  /// - Throws: `SettingsError` at the first unknown key, wrong type or unreadable file.
  public static func load(
    files: [String] = [], overrides: [String: String] = [:], environment: [String: String] = Places.environment(),
    places: Places = Places()
  ) throws(SettingsError) -> Settings {
    var settings = Settings()
    try settings.read(places.systemConfigurationFile, isOptional: true, depth: 0)
    try settings.read(places.userConfigurationFile, isOptional: true, depth: 0)
    for file in files { try settings.read(file, isOptional: false, depth: 0) }
    for rule in SettingRule.read {
      for prefix in ["CGRU_", "REEVE_"] {
        let name = prefix + rule.name.uppercased()
        if let text = environment[name] { try settings.set(rule, text: text, source: "environment \(name)") }
      }
    }
    for (key, text) in overrides.sorted(by: { $0.key < $1.key }) {
      guard let rule = SettingRule.byName[key] else {
        throw SettingsError(source: "command line", message: "unknown setting \"\(key)\"")
      }
      try settings.set(rule, text: text, source: "command line")
    }
    return settings
  }

  private mutating func read(_ path: String, isOptional: Bool, depth: Int) throws(SettingsError) {
    guard depth < 8 else {
      throw SettingsError(source: path, message: "included more than 8 levels deep (does a file include itself?)")
    }
    let bytes: [UInt8]?
    do { bytes = try AtomicFile.read(path, limit: 1 << 20) } catch { throw SettingsError(source: path, message: "\(error)") }
    guard let bytes else {
      if isOptional { return }
      throw SettingsError(source: path, message: "no such file")
    }
    let document: JSONValue
    do { document = try JSONParser.parse(bytes) } catch { throw SettingsError(source: path, message: "not JSON: \(error)") }
    guard case .object(let root) = document else {
      throw SettingsError(source: path, message: "expected an object, found \(document.typeName)")
    }
    files.append(path)
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    // Included files are weaker than the file that includes them.
    if let include = root["include"] {
      guard case .array(let list) = include else {
        throw SettingsError(source: path, message: "include: expected a list of file names")
      }
      for entry in list {
        guard case .string(let name) = entry else {
          throw SettingsError(source: path, message: "include: expected a list of file names")
        }
        try read(name.hasPrefix("/") ? name : folder + name, isOptional: true, depth: depth + 1)
      }
    }
    if let inner = root["cgru_config"] {
      guard case .object(let object) = inner else { throw SettingsError(source: path, message: "cgru_config: expected an object") }
      try take(object, path)
    } else {
      try take(root, path)
    }
  }

  private static let ourSections: Set<String> = ["OS_unix", "OS_linux"]

  private mutating func take(_ object: JSONObject, _ path: String) throws(SettingsError) {
    for (key, value) in object.members {
      if key.isEmpty || key.hasPrefix("-") || key == "include" { continue }
      if key.hasPrefix("OS_") { continue }
      if SettingRule.toleratedPrefixes.contains(where: { key.hasPrefix($0) }) { continue }
      guard let rule = SettingRule.byName[key] else {
        throw SettingsError(
          source: path, message: "unknown key \"\(key)\"\(Self.hint(key)) (put '-' before it to keep it as a comment)")
      }
      try set(rule, value, source: path)
    }
    // Sections of this platform override, as in CGRU.
    for (key, value) in object.members where Self.ourSections.contains(key) {
      guard case .object(let section) = value else {
        throw SettingsError(source: path, message: "\(key): expected an object, found \(value.typeName)")
      }
      try take(section, path)
    }
  }

  private static func hint(_ key: String) -> String {
    let near = SettingRule.byName.keys.sorted().first { name in
      name.count == key.count && zip(name, key).filter { $0 != $1 }.count <= 2 || name.hasPrefix(key) && key.count > 5
        || key.hasPrefix(name) && name.count > 5
    }
    return near.map { "; did you mean \"\($0)\"?" } ?? ""
  }

  private mutating func set(_ rule: SettingRule, text: String, source: String) throws(SettingsError) {
    switch rule.kind {
    case .string, .word: try set(rule, .string(text), source: source)
    case .strings: try set(rule, .array(text.split(separator: ",").map { .string(String($0)) }), source: source)
    case .integer, .bool, .any:
      let value = (try? JSONParser.parse(text)) ?? .string(text)
      try set(rule, value, source: source)
    }
  }

  private mutating func set(_ rule: SettingRule, _ value: JSONValue, source: String) throws(SettingsError) {
    func wrong(_ expected: String) -> SettingsError {
      SettingsError(source: source, message: "\(rule.name): expected \(expected), found \(value.typeName)")
    }
    var value = value
    switch rule.kind {
    case .any: break
    case .string:
      guard case .string(let text) = value else { throw wrong("a string") }
      // CGRU writes the shell as a list of one in some files; a NUL would cut it.
      guard !text.utf8.contains(0) else { throw SettingsError(source: source, message: "\(rule.name): contains a NUL character") }
    case .integer(let range):
      guard case .integer(let number) = value else { throw wrong("a whole number") }
      guard range.contains(number) else {
        throw SettingsError(
          source: source, message: "\(rule.name): \(number) is out of range (\(range.lowerBound) to \(range.upperBound))")
      }
    case .bool:
      if case .integer(let number) = value, number == 0 || number == 1 { value = .bool(number == 1) }
      guard case .bool = value else { throw wrong("true or false") }
    case .strings:
      guard case .array(let list) = value, list.allSatisfy({ $0.string != nil }) else { throw wrong("a list of strings") }
    case .word(let words):
      guard case .string(let text) = value, words.contains(text) else {
        throw SettingsError(
          source: source, message: "\(rule.name): expected one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
      }
    }
    values[rule.name] = value
    sources[rule.name] = source
  }

  private func value(_ name: String) -> JSONValue {
    if let value = values[name] { return value }
    guard let fallback = SettingRule.byName[name]?.fallback, let value = try? JSONParser.parse(fallback) else { return .null }
    return value
  }

  /// The value of a setting that holds text; "" for one that does not exist.
  public func string(_ name: String) -> String { value(name).string ?? "" }
  /// The value of a setting that holds a whole number; 0 for one that does not exist.
  public func integer(_ name: String) -> Int64 { value(name).integer ?? 0 }
  public func bool(_ name: String) -> Bool { value(name).bool ?? false }
  public func json(_ name: String) -> JSONValue { value(name) }

  /// Settings whose values differ, with old and new value: what a reload logs.
  public func changes(to other: Settings) -> [(name: String, old: String, new: String)] {
    SettingRule.read.compactMap { rule in
      let old = value(rule.name)
      let new = other.value(rule.name)
      return old == new ? nil : (rule.name, old.text(), new.text())
    }
  }
}
