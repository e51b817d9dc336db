import Model

extension JobSpec {
  /// The same with other parameters.
  func with(_ change: (inout JobParameters) -> Void) -> JobSpec {
    var spec = self
    change(&spec.parameters)
    return spec
  }
}

extension BlockSpec {
  /// The same with other parameters.
  func with(_ flags: BlockFlags = [], _ change: (inout BlockParameters) -> Void = { _ in }) -> BlockSpec {
    var spec = self
    spec.flags.formUnion(flags)
    change(&spec.parameters)
    return spec
  }

  /// Whatever happens on a render, it is not avoided.
  var avoidingNone: BlockSpec {
    with {
      $0.errorsAvoidHost = 0
      $0.errorsTaskSameHost = 0
    }
  }
}
