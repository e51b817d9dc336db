import Crypto
import Glibc
public import Model
import NIOCore
import NIOPosix
import Processes
import Text

/// Posts JSON to a webhook, again and more slowly while it fails in a way that may pass.
public struct WebhookClient: Sendable {
  /// Signs what is sent; empty: nothing is signed.
  public var secret: [UInt8] = []
  public var trustFile = ""
  /// Of one try.
  public var timeoutMilliseconds: Int64 = 10_000
  public var tries = 4
  /// Before the second try; doubles with each one.
  public var pauseMilliseconds: Int64 = 1000
  /// For all tries together: shorter than what a command of an event has.
  public var totalMilliseconds: Int64 = 50_000
  private static let redirections = 3

  public init() {}

  /// The header's name, and what stands in it: what a receiver compares with its own reckoning.
  public static let signatureHeader = "X-Reeve-Signature"
  public static func signature(of body: [UInt8], secret: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret))
    return "sha256=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private enum Verdict {
    case taken(String)
    case refused(String)
    /// Another try may help.
    case failed(String)
  }

  /// Blocks until it is taken.
  ///
  /// - Parameters:
  ///   - say: gets a line for each try that failed and will be followed by another.
  /// - Returns: a line that says what came of it.
  /// - Throws: `Failure` with the place and what it answered last.
  public func post(_ body: [UInt8], to address: WebhookAddress, say: (String) -> Void = { _ in }) throws(Failure) -> String {
    var headers = [("Content-Type", "application/json; charset=utf-8"), ("User-Agent", "reeve")]
    if !secret.isEmpty { headers.append((Self.signatureHeader, Self.signature(of: body, secret: secret))) }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let deadline = ChildProcess.monotonicMilliseconds + totalMilliseconds
    var pause = pauseMilliseconds
    var number = 1
    while true {
      let left = deadline - ChildProcess.monotonicMilliseconds
      switch once(body, headers, to: address, within: max(1, min(timeoutMilliseconds, left)), group) {
      case .taken(let text): return "\(address.place) \(text)\(number > 1 ? " (try \(number))" : "")"
      case .refused(let why): throw Failure(.failed, "\(address.place): \(why)")
      case .failed(let why):
        guard number < tries, deadline - ChildProcess.monotonicMilliseconds > pause else {
          throw Failure(.failed, "\(address.place): \(why) (try \(number) of \(tries))")
        }
        say("\(address.place): \(why) (try \(number) of \(tries)); the next one in \(pause) ms")
      }
      usleep(useconds_t(pause * 1000))
      pause *= 2
      number += 1
    }
  }

  private func once(
    _ body: [UInt8], _ headers: [(String, String)], to first: WebhookAddress, within milliseconds: Int64,
    _ group: MultiThreadedEventLoopGroup
  ) -> Verdict {
    var address = first
    for _ in 0...Self.redirections {
      let exchange = WebhookExchange(
        address: address, headers: headers, body: body, trustFile: trustFile, timeoutMilliseconds: milliseconds)
      let answer: WebhookExchange.Answer
      do throws(Failure) { answer = try exchange.perform(group) } catch { return .failed(error.message) }
      let said = answer.text.isEmpty ? "" : ": \(Sanitize.line(answer.text.prefix(200)))"
      switch answer.status {
      case 200..<300: return .taken("answers \(answer.status)")
      case 301, 302, 307, 308:
        guard let location = answer.location else { return .refused("it answers \(answer.status) without a place to go to") }
        do throws(Failure) { address = try address.redirected(to: location) } catch { return .refused(error.message) }
      case 408, 425, 429, 500...: return .failed("it answers \(answer.status)\(said)")
      default: return .refused("it answers \(answer.status)\(said)")
      }
    }
    return .refused("it redirects more than \(Self.redirections) times")
  }
}
