import Model
import Scheduler
import Simulation

extension RandomWorld {
  /// Everything that must hold and does not.
  ///
  /// - Parameter isThorough: also what waits for what, and what a farm loaded from the store shows.
  func faults(isThorough: Bool) -> [String] {
    driver.farm.audit(at: driver.now, against: driver.store.snapshot, isThorough: isThorough)
  }
}
