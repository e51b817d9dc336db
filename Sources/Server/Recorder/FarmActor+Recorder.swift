import Model
import Scheduler

extension FarmActor {
  /// Takes down what was just applied.
  func noteForRecorder(_ command: Command) {
    var notes = BatchNotes()
    notes.take(command, effects, farm)
    // While nothing can be kept, batches wait without end: what will be said again need not wait with them.
    if case .failing = storeHealth { notes.presence.removeAll(where: \.isCoarse) }
    batch.notes.commands += notes.commands
    batch.notes.presence += notes.presence
  }
}
