public import Model

/// Something that an event service wants to be executed.
public struct EventCommand: Hashable, Sendable {
  /// What it is for, as people named it: `email`, `webhook`…
  public var method: String
  /// A program and its arguments: the first a path, or a name that is looked for in `PATH`. No shell is involved.
  public var arguments: [String]
  /// For its standard input.
  public var input = ""
  /// Its standard input is the event's JSON instead.
  public var isGivenEvent = false
  /// Added to that of the task.
  public var environment: [String: String] = [:]

  public init(
    method: String, arguments: [String], input: String = "", isGivenEvent: Bool = false, environment: [String: String] = [:]
  ) {
    self.method = method
    self.arguments = arguments
    self.input = input
    self.isGivenEvent = isGivenEvent
    self.environment = environment
  }
}

/// What an event service answers.
public struct EventAnswer: Hashable, Sendable {
  /// In bytes.
  public static let limit = 1 << 20
  private static let commandsLimit = 100
  private static let argumentsLimit = 1000

  public var commands: [EventCommand] = []
  /// What it was asked for and could not do: sentences. The others are executed nevertheless.
  public var faults: [String] = []

  public init(commands: [EventCommand] = [], faults: [String] = []) {
    self.commands = commands
    self.faults = faults
  }

  public func text() -> String {
    var root: JSONObject = [
      "commands": .array(
        commands.map { command in
          var object: JSONObject = [
            "method": .string(command.method), "arguments": .array(command.arguments.map { .string($0) }),
          ]
          if command.isGivenEvent { object["event"] = .bool(true) } else { object["input"] = .string(command.input) }
          if !command.environment.isEmpty {
            object["environment"] = .object(
              JSONObject(command.environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
          }
          return .object(object)
        })
    ]
    if !faults.isEmpty { root["faults"] = .array(faults.map { .string($0) }) }
    return JSONValue.object(root).text()
  }

  /// - Throws: `Failure` that says what is wrong with it and where.
  public init(_ bytes: [UInt8]) throws(Failure) {
    let value: JSONValue
    do throws(JSONSyntaxError) { value = try JSONParser.parse(bytes) } catch { throw Failure(.failed, "not JSON: \(error)") }
    guard case .object(let root) = value else { throw Failure(.failed, "expected an object, found \(value.typeName)") }
    guard let list = root["commands"]?.array else { throw Failure(.failed, "commands: expected a list") }
    guard list.count <= Self.commandsLimit else {
      throw Failure(.failed, "commands: \(list.count) of them, at most \(Self.commandsLimit) are taken")
    }
    for (at, entry) in list.enumerated() { commands.append(try Self.command(entry, place: "commands[\(at)]")) }
    faults = (root["faults"]?.array ?? []).compactMap(\.string)
  }

  private static func command(_ value: JSONValue, place: String) throws(Failure) -> EventCommand {
    func wrong(_ key: String, _ expected: String) -> Failure { Failure(.failed, "\(place).\(key): expected \(expected)") }
    guard case .object(let object) = value else { throw Failure(.failed, "\(place): expected an object, found \(value.typeName)") }
    var command = EventCommand(method: object["method"]?.string ?? "command", arguments: [])
    for (key, value) in object.members {
      switch key {
      case "method":
        guard value.string != nil else { throw wrong(key, "a string") }
      case "arguments":
        guard let list = value.array, list.count <= argumentsLimit, list.allSatisfy({ $0.string?.utf8.contains(0) == false }) else {
          throw wrong(key, "a list of at most \(argumentsLimit) strings without NUL")
        }
        command.arguments = list.compactMap(\.string)
      case "input":
        guard let text = value.string else { throw wrong(key, "a string") }
        command.input = text
      case "event":
        guard let flag = value.bool else { throw wrong(key, "true or false") }
        command.isGivenEvent = flag
      case "environment":
        guard let members = value.object?.members else { throw wrong(key, "an object of strings") }
        for (name, value) in members {
          guard let text = value.string, !name.isEmpty, !name.utf8.contains(where: { $0 == 0 || $0 == 0x3d }),
            !text.utf8.contains(0)
          else { throw wrong("\(key).\(name)", "a string without NUL under a name without '='") }
          command.environment[name] = text
        }
      default:
        throw Failure(.failed, "\(place): unknown key \"\(key)\" (known: method, arguments, input, event, environment)")
      }
    }
    guard let program = command.arguments.first, !program.isEmpty else { throw wrong("arguments", "a program at least") }
    return command
  }
}
