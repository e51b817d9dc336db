import Logging
import Model
import Settings
import Wire

extension Recorder {
  /// Of a server; nil: it is off (`af_recorder_size`).
  convenience init?(_ options: ServerOptions, serverID: String, clock: FarmClock, log: Logger) throws {
    let size = options.settings.integer("af_recorder_size")
    guard size > 0 else { return nil }
    var limits = Limits()
    limits.bytes = Int(size) << 20
    var header = WireArchiveHeader()
    header.version = ProtocolVersion.program
    header.serverID = serverID
    header.serverName = options.serverName
    try self.init(folder: options.state + "/recorder", limits: limits, header: header, clock: clock, log: log)
  }
}
