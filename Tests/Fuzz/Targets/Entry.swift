import Glibc

/// The target that the environment asks for. `REEVE_FUZZ_TARGET=list` says which there are, with the longest input of each.
private let chosen: FuzzTarget = {
  let name = getenv("REEVE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
  if name == "list" {
    for target in FuzzTarget.all { print(target.name, target.longest) }
    exit(0)
  }
  guard let target = FuzzTarget.named(name) else {
    print("REEVE_FUZZ_TARGET: expected one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    exit(2)
  }
  return target
}()

@_cdecl("reeve_fuzz_start")
func startFuzzing() { _ = chosen.name }

@_cdecl("reeve_fuzz_one")
func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) {
  chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
}
