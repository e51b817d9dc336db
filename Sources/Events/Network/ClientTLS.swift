import Model
import NIOSSL

/// TLS towards servers that are not Reeve's: mail servers and webhooks.
enum ClientTLS {
  /// - Parameters:
  ///   - trustFile: certificates in PEM that are trusted besides the system's; empty: none.
  ///   - isVerified: whether the server must show who it is.
  static func context(trustFile: String, isVerified: Bool) throws(Failure) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = isVerified ? .fullVerification : .none
    do {
      if isVerified, !trustFile.isEmpty {
        configuration.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(trustFile))]
      }
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw Failure(.failed, "TLS cannot be set up: \(error)\(trustFile.isEmpty ? "" : " (events_trust_file is \(trustFile))")")
    }
  }

  /// A name can be shown to the server and checked in its certificate; an address can only be checked.
  static func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
    let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }
}
