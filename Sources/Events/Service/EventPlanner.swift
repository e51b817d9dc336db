import CPosix
import Glibc
public import Model

/// The event service that is built in: makes commands of what people ask for in `custom_data`. Unlike Afanasy's it knows every
/// method named, not only the strongest.
///
/// `{"events": {"JOB_DONE": {"methods": ["email", "webhook"]}}, "emails": ["ann@example.org"], "webhooks": ["https://…"]}`
public struct EventPlanner: Sendable {
  /// Each with its own messages; what is beyond is said and left out.
  static let recipientsLimit = 100
  static let webhooksLimit = 20
  static let methodsLimit = 20

  /// `reeve-render` with the settings that it was given, as the first words of a command.
  let program: String
  let programOptions: [String]
  /// Where the executables of further methods are.
  let folder: String
  /// Domain of the address that messages come from.
  let senderHost: String

  public init(program: String, programOptions: [String] = [], folder: String, senderHost: String) {
    self.program = program
    self.programOptions = programOptions
    self.folder = folder
    self.senderHost = senderHost
  }

  public struct Plan: Sendable {
    public var answer = EventAnswer()
    /// What whoever wrote the `custom_data` should know; nothing that another try would change.
    public var notes: [String] = []
  }

  public func plan(_ event: EventDocument) -> Plan {
    var plan = Plan()
    plan.notes = event.customData.faults
    let data = event.customData.merged
    var methods: [(name: String, events: [String])] = []
    let wanted = data["events"]?.object ?? JSONObject()
    for name in event.names {
      guard let entry = wanted[name] else { continue }
      guard let list = Self.texts(entry["methods"]) else {
        plan.notes.append("events.\(name).methods: expected a list of names of methods")
        continue
      }
      for method in list {
        if let at = methods.firstIndex(where: { $0.name == method }) {
          if !methods[at].events.contains(name) { methods[at].events.append(name) }
        } else if methods.count < Self.methodsLimit {
          methods.append((method, [name]))
        } else {
          plan.notes.append("more than \(Self.methodsLimit) methods: \(JSONValue.string(method).text()) is left out")
        }
      }
    }
    for (method, events) in methods {
      let text = EventText(event, events: events)
      switch method {
      case "email": email(data, text, &plan)
      case "webhook": webhooks(data, event, text, &plan)
      case "notify-send":
        plan.answer.commands.append(
          EventCommand(method: method, arguments: ["notify-send", "--app-name=Reeve", "--", text.subject, text.summary]))
      default: other(method, event, &plan)
      }
    }
    return plan
  }

  /// A list of strings, or one string for a list of one; nil for anything else.
  private static func texts(_ value: JSONValue?) -> [String]? {
    switch value {
    case .string(let text): return [text]
    case .array(let list):
      let texts = list.compactMap(\.string)
      return texts.count == list.count ? texts : nil
    default: return nil
    }
  }

  // MARK: - The methods

  private func own(_ word: String) -> [String] { [program, word] + programOptions + ["--"] }

  private func email(_ data: JSONObject, _ text: EventText, _ plan: inout Plan) {
    var recipients: [MailAddress] = []
    guard let listed = Self.texts(data["emails"] ?? .array([])) else {
      return plan.notes.append("emails: expected a list of addresses")
    }
    for entry in listed {
      guard let address = MailAddress(entry) else {
        plan.notes.append("emails: \(JSONValue.string(String(entry.prefix(200))).text()) is no address and left out")
        continue
      }
      if recipients.contains(address) { continue }
      guard recipients.count < Self.recipientsLimit else {
        plan.notes.append("emails: more than \(Self.recipientsLimit) addresses; \(address) is left out")
        continue
      }
      recipients.append(address)
    }
    guard !recipients.isEmpty else { return plan.notes.append("no email: \"emails\" names no address") }
    let message = MailMessage(
      from: MailAddress("noreply@\(senderHost)"), to: recipients, subject: text.subject, body: text.body)
    plan.answer.commands.append(
      EventCommand(method: "email", arguments: own("send-email") + recipients.map(\.text), input: message.text))
  }

  private func webhooks(_ data: JSONObject, _ event: EventDocument, _ text: EventText, _ plan: inout Plan) {
    var urls: [String] = []
    var listed: [JSONValue] = []
    switch data["webhooks"] {
    case .array(let list): listed = list
    case .some(let one): listed = [one]
    case nil: break
    }
    for entry in listed {
      let url = entry.string ?? entry["url"]?.string ?? ""
      do throws(Failure) {
        // Where a fault is said, a secret that the address contains is not.
        _ = try WebhookAddress(url)
      } catch {
        plan.notes.append("webhooks: \(error)")
        continue
      }
      if urls.contains(url) { continue }
      guard urls.count < Self.webhooksLimit else {
        plan.notes.append("webhooks: more than \(Self.webhooksLimit) of them; the rest is left out")
        break
      }
      urls.append(url)
    }
    guard !urls.isEmpty else { return plan.notes.append("no webhook: \"webhooks\" names no address that can be used") }
    let body = WebhookPayload(event, text).json
    for url in urls {
      // Not as an argument: what addresses a hook is often all that guards it.
      let input: JSONValue = .object(["url": .string(url), "payload": body])
      plan.answer.commands.append(
        EventCommand(method: "webhook", arguments: [program, "send-webhook"] + programOptions, input: input.text()))
    }
  }

  private func other(_ method: String, _ event: EventDocument, _ plan: inout Plan) {
    switch EventExecutable.find(method, in: folder) {
    case .success(let path):
      var arguments = [path]
      if let job = event.job {
        arguments += ["-jobname", job["name"]?.string ?? "", "-jobserial", "\(job["serial"]?.integer ?? 0)"]
      }
      // The only character that cannot be in an argument.
      arguments = arguments.map { $0.replacing("\0", with: " ") }
      plan.answer.commands.append(EventCommand(method: method, arguments: arguments, isGivenEvent: true))
    case .failure(let failure): plan.answer.faults.append(failure.message)
    }
  }
}

/// Executables of whoever runs the farm, by their names alone.
public enum EventExecutable {
  static let nameBytes = 100

  /// - Returns: its path, or a sentence why there is none. Names that lead elsewhere are none.
  public static func find(_ name: String, in folder: String) -> Result<String, Failure> {
    let shown = JSONValue.string(String(name.prefix(100))).text()
    guard !name.isEmpty, name.utf8.count <= nameBytes, !name.hasPrefix("."), !name.hasPrefix("-"), name.utf8.allSatisfy(isNameByte)
    else {
      return .failure(
        Failure(.usage, "\(shown) cannot be an executable's name: letters, digits, '_', '-' and '.', not first a '.' or '-'"))
    }
    let path = "\(folder)/\(name)"
    var file = cposix_file()
    guard cposix_look(path, &file) == 0, file.is_regular, access(path, X_OK) == 0 else {
      return .failure(
        Failure(.notFound, "there is no executable \(shown) in \(folder) on \(hostName) (af_events_dir in reeve-config(5))"))
    }
    return .success(path)
  }

  private static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "this render" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2d, 0x2e: true
    default: false
    }
  }
}
