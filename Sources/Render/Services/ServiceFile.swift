import Model
import Yams

/// What is wrong with a service file, and where.
struct ServiceFileError: Error, Hashable, Sendable, CustomStringConvertible {
  let file: String
  /// From 1; 0: of the whole file.
  let line: Int
  let message: String
  var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

/// Reads a service from YAML, strictly: what is not understood is an error, with its line.
struct ServiceFile {
  private let file: String

  static let keys = ["name", "description", "command", "environment", "success_exit_codes", "parser"]
  private static let rulesLimit = 200

  /// - Parameter name: what the file is called without `.yaml`: the service's name.
  static func parse(_ text: String, file: String, name: String) throws(ServiceFileError) -> Service {
    try ServiceFile(file: file).service(text, name: name)
  }

  private func wrong(_ node: Node?, _ message: String) -> ServiceFileError {
    ServiceFileError(file: file, line: node?.mark?.line ?? 0, message: message)
  }

  private func service(_ text: String, name: String) throws(ServiceFileError) -> Service {
    guard name.utf8.count <= Limits.nameBytes, !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else {
      throw wrong(nil, "the file's name must be the service's: letters, digits, '_', '-' and '.', then .yaml")
    }
    var service = Service(name: name)
    for (key, value) in try mapping(try root(text), "the file") {
      switch key.text {
      case "name":
        let given = try string(value, "name")
        guard given == name else { throw wrong(value, "name: expected \"\(name)\" as the file is called, found \"\(given)\"") }
      case "description": service.description = try string(value, "description")
      case "command":
        service.command = try string(value, "command")
        guard service.command.contains(where: { !$0.isWhitespace }) else {
          throw wrong(value, "command: expected a text with @COMMAND@ where the task's command goes, or what slaves run")
        }
      case "environment":
        for (name, value) in try mapping(value, "environment") {
          guard !name.text.isEmpty, !name.text.utf8.contains(where: { $0 == 0x3d || $0 == 0 }) else {
            throw wrong(name.node, "environment: \"\(name.text)\" cannot be a variable's name")
          }
          service.environment[name.text] = try string(value, "environment.\(name.text)")
        }
      case "success_exit_codes":
        service.successExitCodes = []
        for (at, node) in try list(value, "success_exit_codes").enumerated() {
          guard let scalar = node.scalar, let code = Int32(scalar.string), (0...255).contains(code) else {
            throw wrong(node, "success_exit_codes[\(at)]: expected a number from 0 to 255")
          }
          service.successExitCodes.insert(code)
        }
        guard !service.successExitCodes.isEmpty else { throw wrong(value, "success_exit_codes: expected one at least") }
      case "parser": service.rules = try rules(value)
      default: throw wrong(key.node, "unknown key \"\(key.text)\" (expected one of \(Self.keys.joined(separator: ", ")))")
      }
    }
    return service
  }

  private func rules(_ node: Node) throws(ServiceFileError) -> [ParserRule] {
    var rules: [ParserRule] = []
    for (key, value) in try mapping(node, "parser") {
      guard let kind = ParserRule.Kind(rawValue: key.text) else {
        let known = ParserRule.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw wrong(key.node, "parser: unknown key \"\(key.text)\" (expected one of \(known))")
      }
      for (at, node) in try list(value, "parser.\(key.text)").enumerated() {
        let place = "parser.\(key.text)[\(at)]"
        let text = try string(node, place)
        let pattern: Pattern
        do { pattern = try Pattern(text) } catch { throw wrong(node, "\(place): \(error)") }
        guard kind.groups.contains(pattern.groupCount) else {
          let range = kind.groups
          let expected = range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
          throw wrong(node, "\(place): expected \(expected) groups in ( ), found \(pattern.groupCount)")
        }
        rules.append(ParserRule(kind: kind, pattern: pattern))
        guard rules.count <= Self.rulesLimit else { throw wrong(node, "parser: more than \(Self.rulesLimit) expressions") }
      }
    }
    return rules
  }

  // MARK: - YAML

  private func root(_ text: String) throws(ServiceFileError) -> Node {
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch let error as YamlError {
      throw ServiceFileError(file: file, line: Self.line(of: error), message: "not YAML: \(Self.problem(of: error))")
    } catch {
      throw wrong(nil, "not YAML: \(error)")
    }
    guard let node else { throw wrong(nil, "is empty (expected a service: \(Self.keys.joined(separator: ", ")))") }
    return node
  }

  private static func line(of error: YamlError) -> Int {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: 0
    }
  }

  private static func problem(of error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    case .reader(let problem, _, _, _): problem
    case .duplicatedKeysInMapping(let duplicates, _): "\(duplicates.sorted().joined(separator: ", ")) stands there twice"
    default: "\(error)"
    }
  }

  private func mapping(_ node: Node, _ place: String) throws(ServiceFileError) -> [(key: (text: String, node: Node), value: Node)] {
    guard let mapping = node.mapping else { throw wrong(node, "\(place): expected keys and values") }
    var pairs: [(key: (text: String, node: Node), value: Node)] = []
    for (key, value) in mapping {
      guard let text = key.scalar?.string else { throw wrong(key, "\(place): expected a text as key") }
      pairs.append(((text, key), value))
    }
    return pairs
  }

  /// A list, or one thing for a list of one.
  private func list(_ node: Node, _ place: String) throws(ServiceFileError) -> [Node] {
    if let sequence = node.sequence { return Array(sequence) }
    guard node.scalar != nil else { throw wrong(node, "\(place): expected a list") }
    return [node]
  }

  private func string(_ node: Node, _ place: String) throws(ServiceFileError) -> String {
    guard let text = node.scalar?.string else { throw wrong(node, "\(place): expected a text") }
    guard text.utf8.count <= Limits.textBytes, !text.utf8.contains(0) else {
      throw wrong(node, "\(place): longer than \(Limits.textBytes) bytes, or with a NUL")
    }
    return text
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2d, 0x2e: true
    default: false
    }
  }
}
