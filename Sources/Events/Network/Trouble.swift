import Model
import NIOCore
import NIOPosix
import NIOSSL

/// What went wrong on the network, in words.
enum Trouble {
  static func text(_ error: any Error) -> String {
    switch error {
    case let failure as Failure: return failure.message
    case let error as NIOConnectionError:
      if let failure = error.connectionErrors.first { return text(failure.error) }
      return "no such host"
    case let error as IOError: return error.errnoCode == 111 ? "connection refused" : "\(error)"
    case let error as ChannelError:
      if case .connectTimeout = error { return "it does not answer" }
      return "\(error)"
    case let error as NIOSSLError:
      if case .handshakeFailed = error { return "TLS failed: \(error) (is its certificate trusted here? see events_trust_file)" }
      return "TLS failed: \(error)"
    case let error as NIOSSLExtraError: return "TLS failed: \(error)"
    default: return "\(error)"
    }
  }
}
