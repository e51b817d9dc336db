import Model
import Testing

@testable import Console

extension Fixture {
  /// Has a role without the ways to it, for tests of what it allows.
  mutating func may(_ role: Role) {
    model.raised.role = role
    model.raised.idle = .seconds(900)
    model.raised.end = now + .seconds(900)
  }

  /// Types `!` and a password, which the server takes.
  mutating func raise(_ role: Role, idle: Span = .seconds(900)) {
    type("!")
    enter("secret words")
    type("Enter")
    happens(.roleRaised(model.lastRequest, .success(RoleGrant(role: role, idle: idle))))
  }
}

/// Super-user mode.
@Suite struct RoleTests {
  private static func console() -> Fixture {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  private static func text(_ console: Fixture) -> String {
    draw(console.model, console.model.size, .dark).text.joined(separator: "\n")
  }

  /// Jobs down to the first that is another's.
  private static func goToOther(_ console: inout Fixture) {
    for row in Sample.jobs {
      if row.user != "anna" { return }
      console.type("Down")
    }
  }

  @Test("! asks for a password of which nothing is shown, sends it once, and keeps it nowhere")
  func password() {
    var console = Self.console()
    console.type("!")
    let before = Self.text(console)
    console.enter("secret words")
    #expect(Self.text(console) == before, "neither the password nor its length")
    #expect(before.contains("Password (it is not shown):"))
    console.happens(.input(.paste(" and more\n")))
    #expect(Self.text(console) == before)
    let effects = console.type("Enter")
    #expect(effects == [.raiseRole(1, Secret("secret words and more"))])
    #expect(!Self.text(console).contains("secret"))
    #expect(!"\(effects)".contains("secret words") && !console.kept.contains { "\($0)".contains("secret words") })
    // A second one waits for the first.
    console.type("!")
    #expect(console.model.prompt == nil)
    console.happens(.roleRaised(1, .failure(Failure(.notPermitted, "the password is wrong"))))
    #expect(Self.text(console).contains("the password is wrong"))
    #expect(console.type("!", "Esc").isEmpty && console.type("!", "Enter").isEmpty)
  }

  @Test("what a menu refused when it was opened is given when the role has come meanwhile")
  func meanwhile() {
    var console = Fixture(screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    console.type("!")
    console.enter("secret words")
    console.type("Enter", "a")
    console.happens(.roleRaised(console.model.lastRequest, .success(RoleGrant(role: .superUser, idle: .seconds(900)))))
    console.type("s")
    guard case .confirm(let question)? = console.model.overlay else {
      Issue.record("nothing is asked: \(console.model.message?.text ?? "")")
      return
    }
    #expect(question.question.hasPrefix("Put to sleep"))
  }

  @Test("the frame changes and says the role; ! ends it and tells the server")
  func frame() {
    var console = Self.console()
    let plain = draw(console.model, console.model.size, .mono)
    console.raise(.superUser)
    let raised = draw(console.model, console.model.size, .mono)
    #expect(raised.text[1].contains("SUPER USER: you can change anybody's jobs and renders; ! ends it"))
    for row in [0, console.model.size.rows - 1] {
      #expect(raised[row, 0].style != plain[row, 0].style, "line \(row) looks other, without colours too")
    }
    #expect(console.type("!") == [.lowerRole(2)])
    #expect(!Self.text(console).contains("SUPER USER"))
  }

  @Test("the last minute is counted down; an order begins the time anew, looking does not; the server ends it with a reason")
  func time() {
    var console = Self.console()
    console.raise(.administrator)
    console.happens(.tick, after: 839)
    #expect(Self.text(console).contains("ADMINISTRATOR: you can change all that there is"))
    console.happens(.tick, after: 20)
    #expect(Self.text(console).contains("ADMINISTRATOR: ends in 41 s unless something is asked"))
    console.type("Down")
    #expect(Self.text(console).contains("ends in 41 s"))
    #expect(!console.type("P").isEmpty || console.model.overlay != nil)
    if console.model.overlay != nil { console.type("y") }
    #expect(!Self.text(console).contains("ends in"))
    #expect(console.model.needsTick)
    console.happens(.roleEnded("nothing was asked for 15 min"))
    #expect(Self.text(console).contains("administrator no more: nothing was asked for 15 min"))
    #expect(!Self.text(console).contains("ADMINISTRATOR"))
  }

  @Test("it ends with the connection, and a password that is being typed is given up")
  func lost() {
    var console = Self.console()
    console.raise(.superUser)
    console.happens(.link(.lost(reason: "the server left", nextTry: console.now + .seconds(10))))
    #expect(!Self.text(console).contains("SUPER USER"))
    console.connect()
    #expect(!Self.text(console).contains("SUPER USER"))
    console.type("!")
    console.enter("half")
    console.happens(.link(.lost(reason: "the server left", nextTry: console.now + .seconds(10))))
    #expect(console.model.prompt == nil)
    #expect(console.type("!").isEmpty && console.model.prompt == nil)
  }

  @Test("another's job: the key says why not, the menu is grey with the reason, and a super user may")
  func refused() {
    var console = Self.console()
    Self.goToOther(&console)
    #expect(console.type("P").isEmpty)
    let why = console.model.message?.text ?? ""
    #expect(why.hasPrefix("not permitted: it is a job of ") && why.hasSuffix("(super users may: press !, or reeve --super)"))
    console.type("a")
    guard case .menu(let menu)? = console.model.overlay else {
      #expect(Bool(false), "no menu")
      return
    }
    #expect(menu.entries.allSatisfy { $0.refusal?.hasPrefix("not permitted") == true })
    console.type("Esc")
    console.raise(.superUser)
    console.type("P")
    #expect(console.model.overlay != nil, "it asks, since it is another's")
  }

  @Test("renders: sleep is for super users, restore-defaults for administrators, nimby for whose it is")
  func renders() {
    var console = Fixture(screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    func refusals(_ console: inout Fixture) -> [RenderOrder: String] {
      console.type("a")
      defer { console.type("Esc") }
      guard case .menu(let menu)? = console.model.overlay else { return [:] }
      var found: [RenderOrder: String] = [:]
      for entry in menu.entries {
        guard case .order(let kind, let action) = entry.choice, let refusal = entry.refusal,
          case .renders(let order)? = Order.table.first(where: { $0.kind == kind && $0.action == action })?.deed
        else { continue }
        found[order] = refusal
      }
      return found
    }
    let ordinary = refusals(&console)
    #expect(
      ordinary[.sleep]?.hasPrefix("not permitted: ") == true && ordinary[.restoreDefaults]?.contains("administrators") == true)
    console.raise(.superUser)
    #expect(Set(refusals(&console).keys) == [.restoreDefaults])
    console.type("!")
    console.raise(.administrator)
    #expect(refusals(&console).isEmpty)
  }

  @Test("the orders of the table ask for what the table of rights says, of one's own and of another's")
  func table() {
    for order in Order.table {
      for role in Role.allCases {
        var console = Fixture()
        console.connect()
        if role != .user { console.may(role) }
        var target = Target(nodes: .jobs([]), subject: "")
        target.owners = ["bob"]
        let isFarms = [.branch, .pool, .systemBlock, .systemTask].contains(order.kind)
        let right = Rights.right(to: order.right)
        #expect((console.model.refusal(of: order, target) == nil) == (role >= right.any), "\(order.kind) \(order.title)")
        target.owners = ["anna"]
        let own = isFarms ? right.any : right.own
        #expect((console.model.refusal(of: order, target) == nil) == (role >= own), "\(order.kind) \(order.title)")
        // One of one's own among others': the server judges row by row.
        target.owners = ["bob", "anna"]
        #expect((console.model.refusal(of: order, target) == nil) == (role >= own), "\(order.kind) \(order.title)")
      }
    }
  }

  @Test("with --read-only there is nothing to raise; ! is a command too")
  func readOnly() {
    var console = Fixture(isReadOnly: true)
    console.connect()
    console.type("!")
    #expect(console.model.prompt == nil && console.model.message?.text.contains("--read-only") == true)
    console = Self.console()
    console.type(":")
    console.enter("super-user")
    console.type("Enter")
    #expect(console.model.prompt?.kind == .password)
  }

  @Test("a theme that says nothing of it has a frame that is seen")
  func plainTheme() throws {
    let theme = try ThemeFile.parse("base: plain\nroles: { header: { fg: 1 } }\n", path: "t", name: "t")
    var console = Self.console()
    console.raise(.superUser)
    let grid = draw(console.model, console.model.size, theme)
    #expect(grid[1, 0].style.attributes.contains(.reverse) && grid[0, 0].style.attributes.contains(.reverse))
  }
}
