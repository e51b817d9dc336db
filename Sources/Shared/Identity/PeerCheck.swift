public import Foundation
import SwiftASN1
import X509

/// Checks what a server shows in the TLS handshake: its certificate must be signed by the authority beside it, be in its time, and
/// the authority is then compared with what is pinned.
public enum PeerCheck {
  public struct Fault: Error, Sendable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
  }

  /// - Parameter chain: certificates in DER, the peer's own first.
  /// - Returns: the fingerprint of the authority.
  public static func authority(ofChain chain: [[UInt8]], now: Date = Date()) throws -> Fingerprint {
    guard chain.count == 2 else {
      throw Fault(reason: "the server shows \(chain.count) certificates, expected its own and its authority's")
    }
    let own: Certificate
    let authority: Certificate
    do {
      own = try Certificate(derEncoded: chain[0])
      authority = try Certificate(derEncoded: chain[1])
    } catch { throw Fault(reason: "a certificate cannot be read: \(error)") }
    guard authority.publicKey.isValidSignature(own.signature, for: own), own.issuer == authority.subject else {
      throw Fault(reason: "the server's certificate is not signed by the authority it shows")
    }
    guard authority.publicKey.isValidSignature(authority.signature, for: authority) else {
      throw Fault(reason: "the authority's certificate is not signed by itself")
    }
    for certificate in [own, authority] {
      guard certificate.notValidBefore <= now else {
        throw Fault(reason: "a certificate is not valid yet (is this machine's clock right?)")
      }
      guard certificate.notValidAfter >= now else {
        throw Fault(reason: "a certificate has expired; restart the server to renew it")
      }
    }
    return Fingerprint(ofDER: chain[1])
  }
}
