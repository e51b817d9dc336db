import Console
import Glibc
import Model

/// Brings together the terminal, the network and the model: takes events from both, does what an update asks for, and draws when
/// something has changed.
@UI
final class ConsoleApp {
  /// Milliseconds from one frame to the next at least.
  private static let frame: Int64 = 16
  /// Milliseconds without another change of size before the screen is drawn anew.
  private static let resizeQuiet: Int64 = 50
  /// Milliseconds after which a lone ESC is the Escape key.
  private static let escape: Int64 = 25
  /// Milliseconds between looks whether the terminal is ours again: for `bg` and then `fg` no signal comes.
  private static let lookAgain: Int32 = 250

  private let screen: CursesScreen
  private let link: ServerLink
  private let inbox: Inbox
  private let themes: ThemeLibrary
  private let keptFile: KeptFile
  private let manual: Manual
  private let clipboard: Clipboard
  private let isReadOnly: Bool
  private let isUnicode: Bool
  private var theme: Theme
  /// As it was asked for: a name, or the path of a file.
  private var selection: String
  /// Tells when the theme's file was edited.
  private var watch: FileWatch?
  private var model: ConsoleModel

  private var isDirty = true
  private var lastFrame: Int64 = 0
  private var lastTick: Int64 = 0
  private var resizeAt: Int64?
  private var escapeAt: Int64?

  init(
    screen: CursesScreen, link: ServerLink, inbox: Inbox, themes: ThemeLibrary, keptFile: KeptFile, theme: Theme,
    selection: String?, options: ConsoleOptions
  ) {
    self.screen = screen
    self.link = link
    self.inbox = inbox
    self.themes = themes
    self.keptFile = keptFile
    manual = Manual(inbox: inbox)
    clipboard = Clipboard(inbox: inbox)
    self.theme = screen.hasFewColors ? theme.forFewColors : theme
    self.selection = selection ?? theme.name
    isReadOnly = options.isReadOnly
    isUnicode = !options.isASCII
    model = ConsoleModel(options: options, size: screen.size, now: Clock.now)
    watchTheme()
    happened(.theme(.success(theme.name)))
  }

  /// The descriptor that keys come from.
  var terminal: Int32 { screen.isSuspended ? -1 : 0 }

  /// The descriptor that becomes readable when the theme's file was edited.
  var watched: Int32 { watch?.descriptor ?? -1 }

  /// Shows the theme as its file has it now, or what is wrong with it; what was there before stays then.
  func themeChanged() {
    if watch?.take() == true { change(toTheme: selection) }
  }

  private func watchTheme() { watch = themes.path(selection).map { FileWatch(path: $0) } }

  func input() {
    for input in screen.read() { happened(.input(input)) }
    escapeAt = screen.isUndecided ? Clock.milliseconds + Self.escape : nil
  }

  func signal(_ number: Int32) {
    switch number {
    case SIGWINCH: resizeAt = Clock.milliseconds + Self.resizeQuiet
    case SIGCONT:
      screen.resume()
      resumed()
    case SIGTSTP: suspend()
    default: UIThread.shared.stop()
    }
  }

  /// Does what is due, draws, and says how many milliseconds nothing is due.
  func turn() -> Int32 {
    for event in inbox.take() { happened(event) }
    if screen.isSuspended {
      screen.resume()
      if screen.isSuspended { return Self.lookAgain }
      resumed()
    }
    let now = Clock.milliseconds
    var next: Int64?
    func due(_ time: Int64) -> Bool {
      if time <= now { return true }
      next = min(next ?? time, time)
      return false
    }
    if let time = escapeAt, due(time) {
      escapeAt = nil
      for input in screen.expire() { happened(.input(input)) }
    }
    if let time = resizeAt, due(time) {
      resizeAt = nil
      happened(.resized(screen.resized()))
    }
    if model.needsTick, due(lastTick + 1000) {
      lastTick = now
      happened(.tick)
      _ = due(now + 1000)
    }
    if isDirty, due(lastFrame + Self.frame) {
      isDirty = false
      lastFrame = now
      screen.show(draw(model, model.size, theme))
    }
    return next.map { Int32(clamping: max(1, $0 - now)) } ?? -1
  }

  private func happened(_ event: ConsoleEvent) {
    isDirty = true
    for effect in model.update(event, at: Clock.now) { perform(effect) }
  }

  private func perform(_ effect: ConsoleEffect) {
    switch effect {
    case .subscribe(let number, let topic, let window): link.subscribe(number, topic, window)
    case .unsubscribe(let number): link.unsubscribe(number)
    case .operate(let number, let operation): link.operate(number, operation)
    case .operateRenders(let number, let order, let names): link.operateRenders(number, order, names)
    case .edit(let number, let request): link.edit(number, request)
    case .orderNodes(let number, let order): link.orderNodes(number, order)
    case .select(let number, let list): link.select(number, list)
    case .orderSelected(let number, let selection, let deed): link.orderSelected(number, selection, deed)
    case .fetchParameters(let number, let place): link.fetchParameters(number, place)
    case .editText(let number, let text): happened(.textEdited(number, edit(text)))
    case .command(let number, let command): link.command(number, command, isReadOnly: isReadOnly, isUnicode: isUnicode)
    case .undo(let number, let order): link.undo(number, order)
    case .listUndos(let number): link.listUndos(number)
    case .fetchJob(let number, let id): link.fetchJob(number, id)
    case .raiseRole(let number, let password): link.raiseRole(number, password)
    case .lowerRole: link.lowerRole()
    case .theme(let name): change(toTheme: name)
    case .keep(let kept): if let failure = keptFile.write(kept) { happened(.notKept(failure)) }
    case .repaint: screen.repaint()
    case .suspend: suspend()
    case .explain(let number, let target): link.explain(number, target)
    case .manual(let name, let columns): manual.read(name, columns: columns)
    case .save(let path, let bytes): happened(.saved(LogSaver.save(bytes, to: path)))
    case .pager(let bytes): page(bytes)
    case .copy(let text): clipboard.copy(text, to: screen)
    case .ring(let text): screen.ring(text)
    case .reconnect: link.retryNow()
    case .quit: UIThread.shared.stop()
    }
  }

  /// The terminal is the pager's until that ends.
  private func page(_ bytes: [UInt8]) {
    screen.giveAway()
    let failure = Pager.show(bytes)
    screen.resume()
    resumed()
    if let failure { happened(.pagerFailed(failure)) }
  }

  private func suspend() {
    screen.suspend()
    resumed()
  }

  /// Gives the terminal to the person's editor until it is over.
  private func edit(_ text: String) -> Result<String, Failure> {
    do throws(Failure) {
      let file = try EditedFile(text)
      defer { file.remove() }
      screen.giveAway()
      let status = file.edit()
      screen.resume()
      resumed()
      return .success(try file.text(after: status))
    } catch { return .failure(error) }
  }

  private func resumed() {
    if screen.isSuspended { return }
    happened(.resized(screen.size))
    happened(.resumed)
  }

  private func change(toTheme name: String?) {
    var wanted = name ?? theme.name
    if name == nil {
      let names = themes.names
      wanted = names.first { $0 > theme.name } ?? names.first ?? theme.name
    }
    do {
      theme = try themes.theme(wanted)
      if selection != wanted {
        selection = wanted
        watchTheme()
      }
      if screen.hasFewColors { theme = theme.forFewColors }
      screen.forgetColors()
      happened(.theme(.success(theme.name)))
    } catch {
      happened(.theme(.failure(error)))
    }
  }
}
