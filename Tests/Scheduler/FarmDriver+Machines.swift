import Model
import Simulation

@testable import Scheduler

extension FarmDriver {
  /// A render on a machine with these hardware addresses.
  @discardableResult
  mutating func registerMachine(
    _ name: String, macs: [String] = ["02:00:00:00:00:01"], user: String = "farm", capacity: Int32 = 1000, maxTasks: Int32 = 4,
    services: [String] = [], nimby: RenderState = [], resources: HostResources = HostResources(), connection: ConnectionID? = nil
  ) -> RenderID {
    let cards = macs.enumerated().map {
      NetworkInterface(name: "eth\($0.offset)", mac: $0.element, addresses: ["10.0.0.\($0.offset)"])
    }
    let connection = connection ?? self.connection()
    apply(
      .renderRegistered(
        RenderRegistration(
          name: name, agent: "agent of \(name)", user: user, os: "linux", capacity: capacity, maxTasks: maxTasks,
          services: services,
          interfaces: cards, resources: resources, nimby: nimby), connection: connection))
    return farm.render(named: name) ?? RenderID(0)
  }

  /// Lets time pass: renders that are online give signs of life, but for those that are silent, and what the system job has to do is
  /// done at once.
  @discardableResult
  mutating func pass(_ span: Span, silent: String...) -> [Effect] {
    var all = doSystemTasks(last)
    let end = now + span
    while now < end {
      var step = advance(min(.seconds(2), end - now))
      for id in farm.renderIDs() {
        guard let render = farm.render(id), render.state.contains(.online), !silent.contains(render.name) else { continue }
        step += apply(.renderAlive(id, nil))
      }
      all += step + doSystemTasks(step)
    }
    last = all
    return all
  }

  private mutating func doSystemTasks(_ effects: [Effect]) -> [Effect] {
    var all: [Effect] = []
    var next = effects
    while !next.isEmpty {
      var more: [Effect] = []
      for case .start(_, let start) in next where start.system != nil && farm.run(start.lease) != nil {
        finish(start.lease)
        more += last
      }
      all += more
      next = more
    }
    return all
  }

  func state(_ name: String) -> RenderState? { farm.render(named: name).flatMap { farm.render($0)?.state } }

  /// What the store has of a render.
  func stored(_ name: String) -> StoredRender? { farm.render(named: name).flatMap { store.renders[$0] } }

  /// Puts a render to sleep, and lets it be silent until it sleeps.
  mutating func putToSleep(_ names: String...) {
    for name in names {
      operateRenders(.sleep, name)
      guard let id = farm.render(named: name), let connection = connectionOf(name) else { continue }
      apply(.renderLeft(id, connection: connection, ejected: false))
    }
  }

  func connectionOf(_ name: String) -> ConnectionID? {
    farm.renders.first { $0.name == name }?.connection
  }
}

/// The events among effects, in order.
func events(_ effects: [Effect]) -> [FarmEvent] {
  effects.compactMap { if case .event(let event) = $0 { event } else { nil } }
}

/// The commands that the system job got, in order.
func commands(_ effects: [Effect], _ kind: SystemCommand.Kind) -> [SystemCommand] {
  effects.compactMap { if case .store(.putSystemCommand(let row)) = $0, row.command.kind == kind { row.command } else { nil } }
}

/// What was logged.
func logged(_ effects: [Effect]) -> [String] {
  effects.compactMap { if case .log(let record) = $0 { record.text } else { nil } }
}
