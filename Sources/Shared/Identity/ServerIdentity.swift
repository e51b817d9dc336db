import Crypto
import Files
public import Foundation
import SwiftASN1
import X509

/// Who a server is: a number made once, its own certificate authority, and a certificate signed by it. Made at first start, kept in
/// the state directory, private parts readable by their owner alone.
public struct ServerIdentity: Sendable {
  /// UUID, lower case.
  public let serverID: String
  /// The certificate that the server shows, then its authority's.
  public let chainPEM: String
  public let keyPEM: String
  /// Of the authority's certificate: what clients pin.
  public let fingerprint: Fingerprint

  private static let authorityYears = 20.0
  private static let certificateYears = 5.0
  private static let year = 365.25 * 86_400

  /// Loads the identity of a state directory, or makes it. A server certificate with less than a year to live is renewed.
  ///
  /// - Throws: `FileError`, or an error that names the file that is damaged.
  public static func loadOrCreate(directory: String, now: Date = Date()) throws -> ServerIdentity {
    let folder = directory + "/identity"
    try AtomicFile.makeFolder(folder)
    let id = try serverID(in: folder)
    let (authority, authorityKey) = try authority(in: folder, id: id, now: now)
    let (certificate, key) = try certificate(in: folder, id: id, authority: authority, authorityKey: authorityKey, now: now)
    return ServerIdentity(
      serverID: id, chainPEM: try certificate.serializeAsPEM().pemString + "\n" + authority.serializeAsPEM().pemString,
      keyPEM: key.pemRepresentation, fingerprint: try Fingerprint(certificate: authority))
  }

  private static func serverID(in folder: String) throws -> String {
    let path = folder + "/server-id"
    if let bytes = try AtomicFile.read(path, limit: 64) {
      guard let id = UUID(uuidString: String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw DamagedIdentity(path: path, reason: "not a UUID")
      }
      return id.uuidString.lowercased()
    }
    let id = UUID().uuidString.lowercased()
    try AtomicFile.write(Array((id + "\n").utf8), to: path)
    return id
  }

  private static func load(_ name: String, in folder: String) throws -> (Certificate, P256.Signing.PrivateKey)? {
    let certificatePath = "\(folder)/\(name).pem"
    let keyPath = "\(folder)/\(name)-key.pem"
    guard let certificate = try AtomicFile.read(certificatePath, limit: 64 << 10),
      let key = try AtomicFile.read(keyPath, limit: 64 << 10)
    else { return nil }
    do {
      return (
        try Certificate(pemEncoded: String(decoding: certificate, as: UTF8.self)),
        try P256.Signing.PrivateKey(pemRepresentation: String(decoding: key, as: UTF8.self))
      )
    } catch { throw DamagedIdentity(path: certificatePath, reason: "\(error)") }
  }

  private static func save(_ name: String, in folder: String, _ certificate: Certificate, _ key: P256.Signing.PrivateKey) throws {
    try AtomicFile.write(Array(key.pemRepresentation.utf8), to: "\(folder)/\(name)-key.pem", mode: 0o600)
    try AtomicFile.write(Array(certificate.serializeAsPEM().pemString.utf8), to: "\(folder)/\(name).pem")
  }

  private static func authority(in folder: String, id: String, now: Date) throws -> (Certificate, P256.Signing.PrivateKey) {
    if let known = try load("authority", in: folder) { return known }
    let key = P256.Signing.PrivateKey()
    let name = try DistinguishedName {
      OrganizationName("Reeve")
      CommonName("Reeve authority \(id)")
    }
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: now - 86_400,
      notValidAfter: now + authorityYears * year, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      }, issuerPrivateKey: .init(key))
    try save("authority", in: folder, certificate, key)
    return (certificate, key)
  }

  private static func certificate(
    in folder: String, id: String, authority: Certificate, authorityKey: P256.Signing.PrivateKey, now: Date
  ) throws -> (Certificate, P256.Signing.PrivateKey) {
    if let known = try load("server", in: folder), known.0.notValidAfter > now + year, known.0.issuer == authority.subject {
      return known
    }
    let key = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: now - 86_400,
      notValidAfter: min(now + certificateYears * year, authority.notValidAfter), issuer: authority.subject,
      subject: try DistinguishedName {
        OrganizationName("Reeve")
        CommonName("Reeve server \(id)")
      }, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        SubjectAlternativeNames([.dnsName("localhost"), .uniformResourceIdentifier("reeve:server:\(id)")])
      }, issuerPrivateKey: .init(authorityKey))
    try save("server", in: folder, certificate, key)
    return (certificate, key)
  }
}

/// A file of the identity cannot be understood. It is never overwritten: clients would take the server for another one.
public struct DamagedIdentity: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public var description: String {
    "\(path) is damaged (\(reason)); restore it from a backup, or move the folder away to begin with a new identity"
  }
}

extension Fingerprint {
  init(certificate: Certificate) throws {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    self.init(ofDER: serializer.serializedBytes)
  }
}
