import Scheduler
import Text

/// `--check-store`: what is in the store, and what is wrong with it.
enum StoreCheck {
  /// Prints the report.
  ///
  /// - Returns: whether all is well.
  /// - Throws: `StoreFailure` when nothing can be read.
  static func run(_ address: StoreAddress) throws -> Bool {
    switch address {
    case .sqlite(let path):
      let report = try SQLiteCheck.look(at: path)
      let farm = report.snapshot
      let counts = [
        Format.size(bytes: report.bytes), Format.count(farm.jobs.count, "job"),
        "\(Format.count(farm.runs.count, "task")) out", Format.count(farm.renders.count, "render"),
      ]
      print("\(address): \(counts.joined(separator: ", "))")
      for line in report.setAside { print("set aside: \(Sanitize.line(line))") }
      for line in report.faults { print("damaged: \(Sanitize.line(line))") }
      print(report.faults.isEmpty ? "the store is whole" : "the store is damaged: a server that starts on it repairs what it can")
      return report.faults.isEmpty
    }
  }
}
