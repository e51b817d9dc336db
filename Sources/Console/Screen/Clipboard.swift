import Console
import Files
import Identity
import Model
import NIOCore
import NIOPosix
import Processes

/// The clipboard of the person's terminal, wherever that is: it is reached through the terminal (OSC 52), or through tmux, which by
/// default lets no program but itself do that.
struct Clipboard: Sendable {
  let inbox: Inbox

  @UI
  func copy(_ text: String, to screen: CursesScreen) {
    let environment = Places.environment()
    let shown = text.contains("\n") ? "\(text.utf8.count) bytes" : text
    guard environment["TMUX"].map({ !$0.isEmpty }) ?? false else {
      let sequence = "\u{1B}]52;c;\(Base64.text(text.utf8))\u{7}"
      // GNU screen passes on what is wrapped so.
      screen.write(environment["TERM"]?.hasPrefix("screen") == true ? "\u{1B}P\(sequence)\u{1B}\\" : sequence)
      inbox.push(.copied(.success(shown)))
      return
    }
    let inbox = inbox
    NIOSingletons.posixBlockingThreadPool.submit { _ in
      var child = ChildProcess(arguments: ["tmux", "load-buffer", "-w", "-"], environment: environment, input: Array(text.utf8))
      child.timeoutMilliseconds = 5000
      inbox.push(.copied(Self.outcome(of: child).map { shown }))
    }
  }

  private static func outcome(of child: ChildProcess) -> Result<Void, Failure> {
    do throws(Failure) {
      guard let fault = try child.run().fault(limitSeconds: 5) else { return .success(()) }
      return .failure(Failure(.failed, "nothing was copied: tmux load-buffer \(fault)"))
    } catch {
      return .failure(Failure(.failed, "nothing was copied: \(error.message)"))
    }
  }
}
