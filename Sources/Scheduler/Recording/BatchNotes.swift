public import Model

/// What the flight recorder wants to know of a batch beside its rows: what was asked, and what lists show and no store keeps.
public struct BatchNotes: Sendable {
  public enum Presence: Sendable {
    /// A render is online, with what it said of itself. What runs on it is known by the rows.
    case arrived(RenderID, RenderRegistration)
    case left(RenderID)
    case measured(RenderID, HostResources)
    case progressed(RenderID, Lease, RunProgress)

    /// Whether there will soon be another that says more.
    public var isCoarse: Bool {
      switch self {
      case .arrived, .left: false
      case .measured, .progressed: true
      }
    }
  }

  /// A command in brief.
  public struct Brief: Sendable, Hashable {
    public var kind: String
    /// `user@host`; empty: a render, or the farm itself.
    public var who: String
    public var about: String
    public init(kind: String, who: String = "", about: String = "") {
      self.kind = kind
      self.who = who
      self.about = about
    }
  }

  public var commands: [Brief] = []
  public var presence: [Presence] = []

  public init() {}

  public var isEmpty: Bool { commands.isEmpty && presence.isEmpty }

  /// Takes down a command that was applied.
  ///
  /// - Parameter effects: all that it led to.
  public mutating func take(_ command: Command, _ effects: [Effect], _ farm: Farm) {
    if let brief = Brief(command) { commands.append(brief) }
    switch command {
    case .renderAlive(let render, let resources):
      if let resources { presence.append(.measured(render, resources)) }
    case .runProgressed(let render, let lease, let progress): presence.append(.progressed(render, lease, progress))
    default: break
    }
    for effect in effects {
      switch effect {
      case .accepted(let render, _, _):
        if case .renderRegistered(let registration, _) = command { presence.append(.arrived(render, registration)) }
      case .changed(.render(let render)), .changed(.renderRemoved(let render)):
        if !farm.isOnline(render) { presence.append(.left(render)) }
      default: break
      }
    }
  }
}

extension BatchNotes.Brief {
  /// nil: nobody asked for it.
  init?(_ command: Command) {
    switch command {
    case .submit(let spec, let actor, _): self.init(kind: "submit", who: actor.description, about: spec.name)
    case .operate(let operation, let actor, _):
      self.init(kind: operation.kind.word, who: actor.description, about: Self.text(operation.jobs))
    case .undo(let number, let actor, _):
      self.init(kind: "undo", who: actor.description, about: number.map { "\($0)" } ?? "")
    case .edit(_, let actor, _), .edits(_, let actor, _): self.init(kind: "set", who: actor.description)
    case .order(_, let actor, _): self.init(kind: "order", who: actor.description)
    case .add(_, let jobs, let actor, _): self.init(kind: "append", who: actor.description, about: Self.text(jobs))
    case .operateRenders(_, let names, let actor, _):
      self.init(kind: "render-do", who: actor.description, about: names.prefix(8).joined(separator: ", "))
    case .renderRegistered(let registration, _): self.init(kind: "registered", about: registration.name)
    case .renderLeft(let render, _, _): self.init(kind: "left", about: "render \(render)")
    case .renderDisconnected(let render, _): self.init(kind: "disconnected", about: "render \(render)")
    case .runFinished(_, _, let key, _): self.init(kind: "finished", about: key.description)
    case .withdraw(let job): self.init(kind: "withdraw", about: "job \(job)")
    case .listening: self.init(kind: "listening")
    case .renderAlive, .runStarted, .runProgressed, .time: return nil
    }
  }

  private static func text(_ jobs: JobSelection) -> String {
    switch jobs {
    case .ids(let ids): ids.prefix(8).map(\.description).joined(separator: ", ")
    case .name(let name): String(name.prefix(64))
    case .mask(let mask): String(mask.prefix(64))
    }
  }
}
