import Model

/// How everything looks: a style for each role and for each state.
public struct Theme: Hashable, Sendable {
  /// What a part of the screen is, whatever it looks like.
  public enum Role: Int, CaseIterable, Sendable {
    /// What has no other style.
    case text
    case muted, heading
    case header, headerActive
    /// The row under the cursor, and where the keys do not go.
    case cursor, cursorElsewhere
    case tagged
    case status, key
    case good, bad
    case alarm, notice
    /// The frame while the person may more than others.
    case superUser
    case border, dialog, choice, choiceActive
    case match
    /// Laid over what may be out of date.
    case stale

    /// As theme files have it.
    public var name: String { Theme.kebab("\(self)") }
  }

  public var name: String
  private var roles: [Style]
  private var states: [Style]
  private var renders: [Style]

  /// States of a render that have a style.
  public enum RenderLook: Int, CaseIterable, Sendable {
    case offline, idle, busy, nimby, paused, sick, asleep
    public var name: String { Theme.kebab("\(self)") }
  }

  init(name: String) {
    self.name = name
    roles = Array(repeating: .plain, count: Role.allCases.count)
    states = Array(repeating: .plain, count: StateLetter.allCases.count)
    renders = Array(repeating: .plain, count: RenderLook.allCases.count)
  }

  public subscript(role: Role) -> Style {
    get { roles[role.rawValue] }
    set { roles[role.rawValue] = newValue }
  }

  public subscript(state: StateLetter) -> Style {
    get { states[Self.index(state)] }
    set { states[Self.index(state)] = newValue }
  }

  public subscript(look: RenderLook) -> Style {
    get { renders[look.rawValue] }
    set { renders[look.rawValue] = newValue }
  }

  /// As theme files have it: `wait-dependency`.
  static func name(_ state: StateLetter) -> String { kebab("\(state)") }

  private static func index(_ state: StateLetter) -> Int { Self.indices[Int(state.rawValue)] }
  private static let indices: [Int] = {
    var indices = [Int](repeating: 0, count: 256)
    for (at, letter) in StateLetter.allCases.enumerated() { indices[Int(letter.rawValue)] = at }
    return indices
  }()

  /// The frame of super-user mode: in a theme that says nothing of it too, so that nobody forgets.
  var raised: Style { self[.superUser] == .plain ? Style(.terminal, [.reverse, .bold]) : self[.superUser] }

  /// `headerActive` as `header-active`.
  static func kebab(_ name: String) -> String {
    var out = ""
    for character in name {
      if character.isUppercase { out += "-" + character.lowercased() } else { out.append(character) }
    }
    return out
  }
}

extension Theme {
  /// For terminals with 8 or 16 colours, where the dark greys that grounds are made of all are black: the cursor is reversed.
  public var forFewColors: Theme {
    var theme = self
    theme[.cursor] = Style(.terminal, .reverse)
    theme[.cursorElsewhere] = Style(.terminal, .underline)
    theme[.superUser] = Style(.terminal, [.reverse, .bold])
    return theme
  }

  /// The theme when there is no file: the same as `themes/dark.yaml`.
  public static let dark: Theme = {
    var theme = Theme(name: "dark")
    theme[.muted] = Style(.indexed(245))
    theme[.heading] = Style(.indexed(110), .bold)
    theme[.header] = Style(.indexed(252), on: .indexed(236))
    theme[.headerActive] = Style(.indexed(231), on: .indexed(24), .bold)
    theme[.cursor] = Style(on: .indexed(238), .bold)
    theme[.cursorElsewhere] = Style(on: .indexed(235))
    theme[.tagged] = Style(.indexed(222), .bold)
    theme[.status] = Style(.indexed(250), on: .indexed(236))
    theme[.key] = Style(.indexed(117), on: .indexed(236), .bold)
    theme[.good] = Style(.indexed(114), on: .indexed(236), .bold)
    theme[.bad] = Style(.indexed(210), on: .indexed(236), .bold)
    theme[.alarm] = Style(.indexed(231), on: .indexed(124), .bold)
    theme[.notice] = Style(.indexed(16), on: .indexed(179))
    theme[.superUser] = Style(.indexed(231), on: .indexed(90), .bold)
    theme[.border] = Style(.indexed(244), on: .indexed(234))
    theme[.dialog] = Style(.indexed(252), on: .indexed(234))
    theme[.choice] = Style(.indexed(252), on: .indexed(238))
    theme[.choiceActive] = Style(.indexed(231), on: .indexed(24), .bold)
    theme[.match] = Style(.indexed(16), on: .indexed(222))
    theme[.stale] = Style(.indexed(242))
    theme[.done] = Style(.indexed(71))
    theme[.doneWarning] = Style(.indexed(143))
    theme[.running] = Style(.indexed(220), .bold)
    theme[.runningWarning] = Style(.indexed(214), .bold)
    theme[.ready] = Style(.indexed(110))
    theme[.tryNext] = Style(.indexed(117), .bold)
    theme[.waitDependency] = Style(.indexed(103))
    theme[.error] = Style(.indexed(203), .bold)
    theme[.errorReady] = Style(.indexed(209))
    theme[.skipped] = Style(.indexed(66))
    theme[.suspended] = Style(.indexed(139))
    theme[.waitReconnect] = Style(.indexed(177), .bold)
    theme[RenderLook.offline] = Style(.indexed(242))
    theme[RenderLook.idle] = Style(.indexed(110))
    theme[RenderLook.busy] = Style(.indexed(220), .bold)
    theme[RenderLook.nimby] = Style(.indexed(139))
    theme[RenderLook.paused] = Style(.indexed(103))
    theme[RenderLook.sick] = Style(.indexed(203), .bold)
    theme[RenderLook.asleep] = Style(.indexed(66))
    return theme
  }()

  /// Without any colour: the same as `themes/mono.yaml`. What `NO_COLOR` and terminals without colours get.
  public static let mono: Theme = {
    var theme = Theme(name: "mono")
    theme[.heading] = Style(.terminal, .underline)
    theme[.headerActive] = Style(.terminal, .reverse)
    theme[.cursor] = Style(.terminal, .reverse)
    theme[.cursorElsewhere] = Style(.terminal, .underline)
    theme[.tagged] = Style(.terminal, .bold)
    theme[.key] = Style(.terminal, .bold)
    theme[.bad] = Style(.terminal, .bold)
    theme[.alarm] = Style(.terminal, [.reverse, .bold])
    theme[.notice] = Style(.terminal, .reverse)
    theme[.superUser] = Style(.terminal, [.reverse, .bold])
    theme[.choiceActive] = Style(.terminal, .reverse)
    theme[.match] = Style(.terminal, .reverse)
    theme[.stale] = Style(.terminal, .dim)
    theme[.running] = Style(.terminal, .bold)
    theme[.runningWarning] = Style(.terminal, [.bold, .underline])
    theme[.doneWarning] = Style(.terminal, .underline)
    theme[.error] = Style(.terminal, [.bold, .reverse])
    theme[.errorReady] = Style(.terminal, [.bold, .underline])
    theme[.waitReconnect] = Style(.terminal, .bold)
    theme[RenderLook.offline] = Style(.terminal, .dim)
    theme[RenderLook.busy] = Style(.terminal, .bold)
    theme[RenderLook.sick] = Style(.terminal, [.bold, .reverse])
    return theme
  }()
}

extension Style {
  fileprivate init(_ foreground: Color, _ attributes: Attributes) { self.init(foreground, on: .terminal, attributes) }
}
