import Model

extension Farm {
  /// Looks at everything whose moment has come.
  mutating func timeHasCome() {
    while let (moment, owner) = timers.popDue(now) {
      switch owner {
      case .render(let render): lookAt(render, moment)
      case .load(let render): loadLastedLong(render)
      case .noTask(let render): hadNoTask(render)
      case .overload(let render): isStillOverloaded(render)
      case .wol(let render): wolHasCome(render)
      case .wake: wake.timer = nil
      case .timeWait(let job): timeWaitIsOver(job)
      case .timeLife(let job): timeLifeIsOver(job)
      case .forgiveness(let block): forgive(block)
      case .limit(let run): limitHasCome(run)
      case .systemLife(let block, let task): systemLifeIsOver(block, task)
      case .undo(let number): undoIsOver(number)
      case .party(let block, let task): partyHasWaited(block, task)
      }
    }
  }
}
