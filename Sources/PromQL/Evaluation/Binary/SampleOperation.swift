internal import Glibc

/// A binary operator between two samples.
struct SampleOperation {
  /// What becomes of two samples.
  struct Outcome {
    var sample: Sample
    /// Whether a comparison holds; true for operators that do not compare.
    var isKept: Bool
  }

  let operation: BinaryOperator
  /// Takes remarks.
  let annotate: (Annotation) -> Void

  /// Two numbers; comparisons give the left one.
  @inline(__always)
  func floats(_ left: Double, _ right: Double) -> (value: Double, isKept: Bool) {
    switch operation {
    case .add: (left + right, true)
    case .subtract: (left - right, true)
    case .multiply: (left * right, true)
    case .divide: (left / right, true)
    case .modulo: (fmod(left, right), true)
    case .power: (pow(left, right), true)
    case .atan2: (atan2(left, right), true)
    case .equal: (left, left == right)
    case .notEqual: (left, left != right)
    case .less: (left, left < right)
    case .lessOrEqual: (left, left <= right)
    case .greater: (left, left > right)
    case .greaterOrEqual: (left, left >= right)
    case .trimUpper, .trimLower, .and, .or, .unless: (.nan, false)
    }
  }

  /// Two samples; nil when the operator does not take their types.
  func samples(_ left: Sample, _ right: Sample) -> Outcome? {
    switch (left, right) {
    case (.float(let left), .float(let right)):
      if operation == .trimLower || operation == .trimUpper { return refused("float", "float") }
      let (value, isKept) = floats(left, right)
      return Outcome(sample: .float(value), isKept: isKept)
    case (.float(let left), .histogram(let right)):
      guard operation == .multiply else { return refused("float", "histogram") }
      return Outcome(sample: .histogram(right.multiplied(by: left).compacted), isKept: true)
    case (.histogram(let left), .float(let right)):
      switch operation {
      case .multiply: return Outcome(sample: .histogram(left.multiplied(by: right).compacted), isKept: true)
      case .divide: return Outcome(sample: .histogram(left.divided(by: right).compacted), isKept: true)
      case .trimUpper, .trimLower:
        let trimmed = left.trimmed(at: right, keepsLower: operation == .trimUpper)
        return Outcome(sample: .histogram(trimmed.compacted), isKept: true)
      default: return refused("histogram", "float")
      }
    case (.histogram(let left), .histogram(let right)): return histograms(left, right)
    }
  }

  private func refused(_ left: String, _ right: String) -> Outcome? {
    annotate(.incompatibleTypes(operation, left: left, right: right))
    return nil
  }

  private func histograms(_ left: NativeHistogram, _ right: NativeHistogram) -> Outcome? {
    switch operation {
    case .equal: return Outcome(sample: .histogram(left), isKept: left.matches(right))
    case .notEqual: return Outcome(sample: .histogram(left), isKept: !left.matches(right))
    case .add, .subtract:
      let kind: Annotation.HistogramOperation = operation == .add ? .addition : .subtraction
      do throws(HistogramConflict) {
        var result = operation == .add ? try left.adding(right) : try left.subtracting(right)
        if operation == .subtract { result.histogram.resetHint = .gauge }
        if result.hintsCollide { annotate(.counterResetCollision(kind)) }
        if result.isReconciled { annotate(.mismatchedCustomBuckets(kind)) }
        return Outcome(sample: .histogram(result.histogram.compacted), isKept: true)
      } catch {
        annotate(.incompatibleBucketLayout(operation))
        return nil
      }
    default: return refused("histogram", "histogram")
    }
  }
}
