public import Model
public import Wire

/// What an update asks the world to do.
public enum ConsoleEffect: Hashable, Sendable {
  case subscribe(SubscriptionNumber, Topic, Window)
  case unsubscribe(SubscriptionNumber)
  /// Answered by `.operated` with the same number.
  case operate(RequestNumber, Operation)
  /// On renders of these names. Answered by `.rendersOperated` with the same number.
  case operateRenders(RequestNumber, RenderOrder, [String])
  /// Answered by `.edited` with the same number.
  case edit(RequestNumber, EditRequest)
  case orderNodes(RequestNumber, NodeOrder)
  /// Has the server find all rows of a list. Answered by `.selected`.
  case select(RequestNumber, RowsQuery)
  /// On the rows of a selection. Answered by `.edited`.
  case orderSelected(RequestNumber, UInt64, SelectedDeed)
  /// Answered by `.parameters`.
  case fetchParameters(RequestNumber, ParameterPlace)
  /// Has the person edit a text. Answered by `.textEdited`.
  case editText(RequestNumber, String)
  /// A command of `reeve`. Answered by `.commandDone`.
  case command(RequestNumber, TypedCommand)
  /// Takes back an order. Answered by `.undone`.
  case undo(RequestNumber, UInt64)
  /// Answered by `.undos`.
  case listUndos(RequestNumber)
  /// Answered by `.jobDetail`.
  case fetchJob(RequestNumber, JobID)
  /// Answered by `.roleRaised`.
  case raiseRole(RequestNumber, Secret)
  case lowerRole(RequestNumber)
  /// Answered by `.explained`.
  case explain(RequestNumber, ExplainTarget)
  /// A page of the manual, at most so many columns wide. Answered by `.manual`.
  case manual(String, columns: Int)
  /// Writes a file that is not there yet. Answered by `.saved`.
  case save(path: String, [UInt8])
  /// Gives the terminal to the person's pager for as long as it runs. Answered by `.pagerFailed` when it cannot be.
  case pager([UInt8])
  /// Into the clipboard of the person's terminal. Answered by `.copied`.
  case copy(String)
  /// Rings, and tells the terminal why.
  case ring(String)
  /// Answered by `.theme`. nil: the next one that there is.
  case theme(String?)
  /// Writes what is kept for the next start. Answered by `.notKept` when that fails.
  case keep(Kept)
  /// Draws everything anew, as after other programs wrote on the terminal.
  case repaint
  case suspend
  /// Do not wait for the next try to connect.
  case reconnect
  case quit
}

/// What is asked why it waits: a job, a block or a task of it.
public struct ExplainTarget: Hashable, Sendable {
  public var job: JobID
  public var block: BlockIndex?
  public var task: TaskIndex?
}
