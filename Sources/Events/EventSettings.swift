import CPosix
import Files
import Glibc
public import Model
public import Settings

/// The settings that events need, read when they are needed: a secret that is not there stops only those who want it.
public struct EventSettings: Sendable {
  private let settings: Settings

  public init(_ settings: Settings) { self.settings = settings }

  public var folder: String { settings.string("af_events_dir") }

  /// Domain of the sender's address: as it is set, else this machine's name.
  public var senderHost: String {
    let given = settings.string("email_sender_address_host")
    return given.isEmpty ? Self.hostName : given
  }

  /// A command line that is given messages instead of a mail server, as its words; nil: none.
  public var mailCommand: [String]? {
    let words = settings.string("email_send_cmd").split(separator: " ").map(String.init)
    // CGRU's own script, which takes no message on standard input: its files name it everywhere.
    return words.isEmpty || words == ["emailsend"] ? nil : words
  }

  public func mailClient() throws(Failure) -> SMTPClient {
    let user = settings.string("email_smtp_user")
    var login: MailLogin?
    if !user.isEmpty {
      let file = settings.string("email_smtp_password_file")
      guard !file.isEmpty else {
        throw Failure(.usage, "email_smtp_user is set, and email_smtp_password_file is not: both or none are needed")
      }
      login = MailLogin(
        user: user, password: String(decoding: try Self.secret(file, of: "email_smtp_password_file"), as: UTF8.self))
    }
    return SMTPClient(
      host: settings.string("email_smtp_server"), port: Int(settings.integer("email_smtp_port")),
      security: MailSecurity(rawValue: settings.string("email_smtp_security")) ?? .starttls, login: login,
      trustFile: settings.string("events_trust_file"), ownName: Self.hostName)
  }

  public func webhookClient() throws(Failure) -> WebhookClient {
    var client = WebhookClient()
    let file = settings.string("webhook_secret_file")
    if !file.isEmpty { client.secret = try Self.secret(file, of: "webhook_secret_file") }
    client.trustFile = settings.string("events_trust_file")
    client.timeoutMilliseconds = settings.integer("webhook_timeout") * 1000
    client.tries = Int(settings.integer("webhook_tries"))
    return client
  }

  /// The name of this machine as a domain; what no domain can contain becomes a hyphen.
  public static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let clean = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
    return MailAddress.isHost(clean) ? clean : "localhost"
  }

  /// A secret in a file of its own: the first line, or all of it.
  ///
  /// - Throws: `Failure` when others than its owner may read it.
  static func secret(_ path: String, of setting: String) throws(Failure) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Failure(.usage, "\(setting): \(FileError("read", path))")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure(.usage, "\(setting): others than its owner may read \(path) (chmod 600 \(path))")
    }
    let bytes: [UInt8]?
    do { bytes = try AtomicFile.read(path, limit: 4096) } catch { throw Failure(.usage, "\(setting): \(error)") }
    let secret = Array((bytes ?? []).prefix { $0 != 0x0a && $0 != 0x0d && $0 != 0 })
    guard !secret.isEmpty else { throw Failure(.usage, "\(setting): \(path) is empty") }
    return secret
  }
}
