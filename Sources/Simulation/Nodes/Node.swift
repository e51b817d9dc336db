import Model

/// A program with its machine: what the world does to it. A kind of node is a type of its own; the world knows only this.
///
/// Nodes speak to each other only over connections (`World.connect`, `World.send`), and remember over a crash only what they say
/// they have on disk.
protocol Node: AnyObject {
  var name: String { get }
  /// Its program runs.
  var isUp: Bool { get }

  /// Its program starts, for the first time or again.
  func start()
  /// Its program ends without a word.
  func crash(_ depth: CrashDepth)
  /// Faults are over: it gives up what it did on purpose to be in the way.
  func heal()

  /// Somebody has connected to it, or its own attempt succeeded.
  func opened(_ connection: Int)
  /// Its own attempt failed.
  func failed(_ connection: Int)
  func closed(_ connection: Int)
  func take(_ frame: Frame, from connection: Int)
  /// A moment came that it asked for (`World.alarm`).
  func wake(_ alarm: Alarm)
}

/// How much goes down with a program.
enum CrashDepth: Int, Sendable {
  /// The program alone: its machine says goodbye for it.
  case program
  /// An agent's keeper, and with it its processes.
  case keeper
  /// Everything, without a word: nobody is told.
  case machine
}

/// A moment that a node asked for. What it stands for is the node's affair.
struct Alarm: Sendable {
  var kind: Int
  var number: UInt64 = 0
}
