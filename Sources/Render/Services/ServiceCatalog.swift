import Files
import Glibc

/// The services that an agent has.
struct ServiceCatalog: Sendable {
  private(set) var services: [String: Service] = Service.builtIn
  /// Services whose files are wrong, with what is wrong: they are not offered, and their tasks fail with the reason.
  private(set) var faults: [String: ServiceFileError] = [:]
  /// Where they were read from; nil: nowhere, only the built-in ones.
  private(set) var folder: String?

  /// Only what is built in.
  init() {}

  /// Reads all `*.yaml` of a folder.
  ///
  /// - Throws: `FileError` when the folder cannot be read.
  init(folder: String) throws(FileError) {
    self.folder = folder
    guard let directory = opendir(folder) else { throw FileError("read the services in", folder) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
    }
    for file in names.sorted() {
      let name = String(file.dropLast(5))
      let path = "\(folder)/\(file)"
      do throws(ServiceFileError) {
        let bytes: [UInt8]?
        do { bytes = try AtomicFile.read(path, limit: 1 << 20) } catch {
          throw ServiceFileError(file: path, line: 0, message: "\(error)")
        }
        guard let bytes, let text = String(validating: bytes, as: UTF8.self) else {
          throw ServiceFileError(file: path, line: 0, message: "is not UTF-8 text")
        }
        services[name] = try ServiceFile.parse(text, file: path, name: name)
      } catch {
        services[name] = nil
        faults[name] = error
      }
    }
  }

  /// Of the services that are there, sorted.
  var names: [String] { services.keys.sorted() }

  /// The service of a block. One that nobody here has heard of is run as a generic command, as in Afanasy.
  func service(_ name: String) throws(ServiceFileError) -> Service {
    if let service = services[name] { return service }
    if let fault = faults[name] { throw fault }
    return services["generic"] ?? .generic
  }

  /// The rules to read the output with: those of the block's parser, else of its service.
  func rules(parser: String, service: Service) -> [ParserRule] {
    parser.isEmpty ? service.rules : services[parser]?.rules ?? service.rules
  }

  /// The folder to read: what was asked for; else beside the installed program, `../share/reeve/services`; else in the source tree
  /// that the program was built in.
  ///
  /// - Parameters:
  ///   - asked: by `--services` or `REEVE_SERVICES`.
  ///   - program: path of the running program.
  static func folder(asked: String?, program: String) -> String? {
    if let asked, !asked.isEmpty { return asked }
    var parts = program.split(separator: "/").dropLast()
    let installed = "/" + (parts.dropLast() + ["share", "reeve", "services"]).joined(separator: "/")
    if access(installed, R_OK | X_OK) == 0 { return installed }
    while !parts.isEmpty {
      let root = "/" + parts.joined(separator: "/")
      if access("\(root)/Package.swift", F_OK) == 0, access("\(root)/services/generic.yaml", R_OK) == 0 {
        return "\(root)/services"
      }
      parts = parts.dropLast()
    }
    return nil
  }
}
