public import Settings
public import Wire

/// What a server is started with: command line and configuration together.
public struct ServerOptions: Sendable {
  public var listen: ServerAddress
  /// The state directory: identity, store, outputs, lock.
  public var state: String
  public var store: StoreAddress
  public var settings: Settings
  public var serverName: String

  public init(
    listen: ServerAddress, state: String, store: StoreAddress? = nil, settings: Settings = Settings(), serverName: String = "reeve"
  ) {
    self.listen = listen
    self.state = state
    self.store = store ?? .sqlite(path: state + "/reeve.sqlite")
    self.settings = settings
    self.serverName = serverName
  }
}
