public import Identity
import NIOCore
public import NIOSSL

/// TLS contexts from identities. TLS 1.3 only: all programs are ours.
public enum TLSContext {
  public static func server(_ identity: ServerIdentity) throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.chainPEM.utf8))
    let key = try NIOSSLPrivateKey(bytes: Array(identity.keyPEM.utf8), format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = ["reeve/1"]
    return try NIOSSLContext(configuration: configuration)
  }

  /// The peer is checked by `PeerCheck` in a verification callback, not by a list of authorities.
  public static func client() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .noHostnameVerification
    configuration.trustRoots = .certificates([])
    // A server that does not answer the end of TLS is not waited for any longer.
    configuration.shutdownTimeout = .seconds(2)
    configuration.applicationProtocols = ["reeve/1"]
    return try NIOSSLContext(configuration: configuration)
  }
}
