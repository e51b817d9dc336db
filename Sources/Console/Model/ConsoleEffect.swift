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
  /// Answered by `.jobDetail`.
  case fetchJob(RequestNumber, JobID)
  /// Answered by `.roleRaised`.
  case raiseRole(RequestNumber, Secret)
  case lowerRole(RequestNumber)
  /// Answered by `.theme`. nil: the next one that there is.
  case theme(String?)
  /// Writes what is kept for the next start. Answered by `.notKept` when that fails.
  case keep(Kept)
  /// Draws everything anew, as after other programs wrote on the terminal.
  case repaint
  case suspend
  case bell
  /// Do not wait for the next try to connect.
  case reconnect
  case quit
}
